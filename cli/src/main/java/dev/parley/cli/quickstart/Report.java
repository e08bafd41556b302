package dev.parley.cli.quickstart;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.files.DurableFile;
import dev.parley.train.report.Charts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code report.html}: the run on one page that needs no network: losses, scores, samples, timings. */
final class Report {

    private Report() {}

    static void write(Path file, Plan plan, Quickstart.Result result, Map<String, List<double[]>> losses, String engine)
            throws IOException {
        var page = resource("report.html");
        DurableFile.write(file, page
                .replace("{{charts.css}}", Charts.style()).replace("{{charts.js}}", Charts.script())
                .replace("{{title}}", escape("Parley quickstart: " + result.model().getFileName()))
                .replace("{{engine}}", escape(engine))
                .replace("{{plan}}", escape(String.format(Locale.ROOT, "%s asked, seed %d, %s", plan.asked(), plan.seed(),
                        plan.texts().isEmpty() ? "WordNet's text"
                                : (plan.onlyTexts() ? "own text: " : "WordNet's and own text: ") + plan.texts())))
                .replace("{{scores}}", scores(result))
                .replace("{{samples}}", samples(result))
                .replace("{{timings}}", timings(result))
                .replace("{{losses}}", Charts.data(new ObjectMapper().valueToTree(losses))));
    }

    private static String scores(Quickstart.Result result) {
        var rows = new StringBuilder();
        result.scores().forEach((name, s) -> {
            var percent = !name.startsWith("bits");
            rows.append(String.format(Locale.ROOT, "<tr><td>%s<td class=n>%s<td class=n>± %s<td class=n>%d%n", escape(name),
                    percent ? String.format(Locale.ROOT, "%.1f %%", 100 * s.value()) : String.format(Locale.ROOT, "%.3f", s.value()),
                    percent ? String.format(Locale.ROOT, "%.1f", 100 * s.stderr()) : String.format(Locale.ROOT, "%.3f", s.stderr()),
                    s.n()));
        });
        return rows.toString();
    }

    private static String samples(Quickstart.Result result) {
        var text = new StringBuilder();
        for (var sample : result.samples()) {
            text.append("<p class=q>").append(escape(sample.prompt())).append("<p class=a>").append(escape(sample.answer())).append('\n');
        }
        return text.toString();
    }

    private static String timings(Quickstart.Result result) {
        var rows = new StringBuilder();
        result.seconds().forEach((stage, s) -> rows.append(String.format(Locale.ROOT, "<tr><td>%s<td class=n>%.1f s%n", escape(stage), s)));
        return rows.toString();
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }

    private static String resource(String name) throws IOException {
        try (var in = Report.class.getResourceAsStream(name)) {
            if (in == null) throw new IllegalStateException("The resource " + name + " is not on the class path.");
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
