package dev.parley.eval.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.eval.bias.BiasFigure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A model's card (Mitchell et al. 2019, arXiv:1810.03993) on one page: what its folder says of it, and what was measured. What is not
 * known stands there as not known.
 *
 * @param folder the model's
 * @param run of {@code eval run}, for the scores
 */
public record ModelCard(String name, Path folder, Optional<RunFolder> run, List<Section> measured) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Figures under a heading.
     *
     * @param method by which they were measured
     */
    public record Section(String heading, String method, List<BiasFigure> figures) {}

    /** The card in Markdown. */
    public String markdown() throws IOException {
        var lines = new ArrayList<String>(List.of("# " + name, ""));
        file(lines, "Model", "config.json");
        file(lines, "Data", "training_data.json");
        file(lines, "Training", "trainer_state.json");
        lines.addAll(List.of("## Scores", ""));
        if (run.isEmpty()) lines.add("None measured.");
        for (var task : run.map(RunFolder::tasks).orElse(List.of())) {
            run.get().figures(task).properties()
                    .forEach(f -> lines.add(String.format(Locale.ROOT, "- %s, %s: %.4f ± %.4f", task, f.getKey(),
                            f.getValue().asDouble(), run.get().error(task, f.getKey()))));
        }
        for (var section : measured) {
            lines.addAll(List.of("", "## " + section.heading, "", section.method + ".", ""));
            for (var f : section.figures) lines.add(String.format(Locale.ROOT, "- %s, %s: %.4f ± %.4f (n = %d; ideal %.4g)", f.group(),
                    f.metric(), f.score().value(), f.score().stderr(), f.score().n(), f.ideal()));
        }
        lines.addAll(List.of("", "## Limits", "",
                "Figures are of these suites alone; ± is one standard error. "
                        + "A model that knows little of a language has figures near those of "
                        + "no bias. Refusals are told by rules, which miss some. What a suite does not ask is not measured.",
                ""));
        return String.join("\n", lines);
    }

    /** Plain values of a JSON file of the folder. */
    private void file(List<String> lines, String heading, String file) throws IOException {
        lines.addAll(List.of("## " + heading, ""));
        if (!Files.isRegularFile(folder.resolve(file))) lines.add("Not known: the model's folder has no " + file + ".");
        else JSON.readTree(folder.resolve(file).toFile()).properties().stream()
                .filter(p -> p.getValue().isValueNode() || p.getValue().size() < 8)
                .forEach(p -> lines
                        .add("- " + p.getKey() + ": `" + (p.getValue().isTextual() ? p.getValue().asText() : p.getValue()) + "`"));
        lines.add("");
    }

    /** The same as a page. */
    public String html() throws IOException {
        var page = new StringBuilder("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Model card</title>"
                + "<style>body{font:16px/1.5 system-ui;max-width:50rem;margin:2rem auto;padding:0 1rem}</style><body>\n");
        for (var line : markdown().split("\n")) {
            var text = line.replace("&", "&amp;").replace("<", "&lt;").replace("`", "");
            if (line.startsWith("## ")) page.append("<h2>").append(text.substring(3)).append("</h2>\n");
            else if (line.startsWith("# ")) page.append("<h1>").append(text.substring(2)).append("</h1>\n");
            else if (line.startsWith("- ")) page.append("<div>• ").append(text.substring(2)).append("</div>\n");
            else if (!line.isEmpty()) page.append("<p>").append(text).append("</p>\n");
        }
        return page.append("</body></html>\n").toString();
    }
}
