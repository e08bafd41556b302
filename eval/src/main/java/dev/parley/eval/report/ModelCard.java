package dev.parley.eval.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.data.TrainingData;
import dev.parley.eval.bias.BiasFigure;
import dev.parley.model.ModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A model's card (Mitchell et al. 2019, arXiv:1810.03993) on one page: what its folder says of it, of its data and its training, what was
 * measured, and what follows for its use. What is not known stands there as not known.
 *
 * @param folder the model's
 * @param run of {@code eval run}, for the scores
 */
public record ModelCard(String name, Path folder, ModelConfig config, Optional<RunFolder> run, List<Section> measured) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SUMMARY = "training_summary.json"; // the room that trains writes it
    private static final int MOST_STAGES = 8;
    private static final Pattern LICENSE = Pattern.compile("(?m)^license: *\"?([^\"\\n]+?)\"? *$");

    /**
     * Figures under a heading.
     *
     * @param method by which they were measured
     */
    public record Section(String heading, String method, List<BiasFigure> figures) {}

    /** The card in Markdown. */
    public String markdown() throws IOException {
        return page().markdown();
    }

    /** The same as one HTML file. */
    public String html() throws IOException {
        return page().html("Model card: " + name);
    }

    private CardPage page() throws IOException {
        var page = new CardPage();
        page.heading(1, name);
        model(page);
        training(page);
        scores(page);
        for (var section : measured) {
            page.heading(2, section.heading);
            page.paragraph(section.method + ".");
            page.table(List.of("of", "figure", "value", "error", "n", "ideal"), section.figures.stream().map(ModelCard::row).toList());
        }
        page.heading(2, "Limits");
        limits().forEach(page::paragraph);
        return page;
    }

    private static List<String> row(BiasFigure f) {
        return List.of(f.group(), f.metric(), ResultTable.number(f.score().value()), "± " + ResultTable.number(f.score().stderr()),
                "" + f.score().n(), String.format(Locale.ROOT, "%.4g", f.ideal()));
    }

    private void model(CardPage page) throws IOException {
        page.heading(2, "Model");
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("family", config.family().modelType()));
        rows.add(List.of("parameters", String.format(Locale.ROOT, "%,d", config.parameterCount())));
        rows.add(List.of("shape", config.numHiddenLayers() + " layers of width " + config.hiddenSize() + ", " + config.numAttentionHeads()
                + " query heads, " + config.numKeyValueHeads() + " key-value heads"));
        rows.add(List.of("reads at most", config.maxPositionEmbeddings() + " tokens"));
        rows.add(List.of("vocabulary", config.vocabSize() + " tokens"));
        rows.add(List.of("licence", license().orElse("not known")));
        page.facts(rows);
    }

    /** As the front matter of the folder's README says. */
    private Optional<String> license() throws IOException {
        var readme = folder.resolve("README.md");
        if (!Files.isRegularFile(readme)) return Optional.empty();
        return Optional.of(LICENSE.matcher(Files.readString(readme))).filter(m -> m.find()).map(m -> m.group(1));
    }

    // ---- data and training, of the models that this one began from too ----

    private void training(CardPage page) throws IOException {
        page.heading(2, "Data and training");
        var stages = stages();
        if (stages.isEmpty()) page.paragraph("Not known: the model's folder has neither " + TrainingData.FILE + " nor " + SUMMARY + ".");
        for (int i = 0; i < stages.size(); i++) stage(page, stages.get(i), i + 1, stages.size());
    }

    /** The folders of this model and of those before it that say anything of their training, the first one first. */
    private List<Path> stages() throws IOException {
        var stages = new ArrayList<Path>();
        var next = Optional.of(folder);
        while (next.isPresent() && stages.size() < MOST_STAGES && !stages.contains(next.get())) {
            if (Files.isRegularFile(next.get().resolve(SUMMARY)) || Files.isRegularFile(next.get().resolve(TrainingData.FILE)))
                stages.addFirst(next.get());
            next = TrainingData.read(next.get()).flatMap(TrainingData::base);
        }
        return stages;
    }

    private void stage(CardPage page, Path of, int number, int all) throws IOException {
        if (all > 1) page.heading(3, "Stage " + number + " of " + all);
        var rows = new ArrayList<List<String>>();
        var data = TrainingData.read(of);
        rows.add(List.of("data", data.map(ModelCard::data).orElse("not known")));
        data.flatMap(TrainingData::base).ifPresent(base -> rows.add(List.of("began from", base.toString())));
        var summary = Files.isRegularFile(of.resolve(SUMMARY)) ? JSON.readTree(of.resolve(SUMMARY).toFile()) : JSON.createObjectNode();
        if (summary.isEmpty()) rows.add(List.of("run", "not known"));
        else rows.add(List.of("run", String.format(Locale.ROOT, "%,d steps, %,d targets, %d s", summary.path("steps").asLong(),
                summary.path("targets").asLong(), summary.path("seconds").asLong())));
        for (var loss : List.of("train_loss", "eval_loss"))
            if (summary.has(loss)) rows.add(List.of(loss, String.format(Locale.ROOT, "%.4f nats a target", summary.path(loss).asDouble())));
        summary.path("settings").properties().forEach(s -> rows.add(List.of(s.getKey(), s.getValue().asText())));
        var machine = summary.path("machine");
        if (!machine.isMissingNode()) rows.add(List.of("computed by", Stream.of("engine", "kernels", "compute type")
                .filter(machine::has).map(fact -> machine.path(fact).asText()).collect(Collectors.joining("; "))));
        page.facts(rows);
    }

    private static String data(TrainingData data) {
        var files = data.files().stream().limit(5).map(Path::toString).collect(Collectors.joining(", "));
        return data.kind().name().toLowerCase(Locale.ROOT) + ": " + files
                + (data.files().size() > 5 ? " and " + (data.files().size() - 5) + " more" : "");
    }

    // ---- what was measured, and what that means ----

    private void scores(CardPage page) {
        page.heading(2, "Scores");
        if (run.isEmpty()) page.paragraph("None measured: name a run of eval run with --scores.");
        var rows = new ArrayList<List<String>>();
        for (var task : run.map(RunFolder::tasks).orElse(List.of())) {
            run.get().figures(task).properties().forEach(f -> {
                var error = run.get().error(task, f.getKey());
                rows.add(List.of(task, f.getKey(), ResultTable.number(f.getValue().asDouble()),
                        Double.isNaN(error) ? "N/A" : "± " + ResultTable.number(error)));
            });
        }
        page.table(List.of("task", "metric, filter", "value", "error"), rows);
    }

    private List<String> limits() {
        var limits = new ArrayList<String>();
        figure("refused").ifPresent(f -> limits.add(String.format(Locale.ROOT,
                "It refused %.0f %% of %d harmful requests%s. Put guardrails "
                        + "before it where strangers ask.",
                100 * f.score().value(), f.score().n(),
                figure("over_refused").map(o -> String.format(Locale.ROOT, ", and %.0f %% of harmless ones that look like them",
                        100 * o.score().value())).orElse(""))));
        limits.add("It reads " + config.maxPositionEmbeddings() + " tokens at most: what comes before is not seen.");
        limits.add("It may say what is wrong in the tone of what is right. "
                + (run.isEmpty() ? "Nothing here tells how often." : "The scores tell how often on their tasks, and on no others."));
        limits.add(
                "Figures are of these suites alone; an error is one standard error. A model that knows little of a language has figures "
                        + "near those of no bias. Refusals are told by rules, which miss some. What a suite does not ask is not measured.");
        return limits;
    }

    private Optional<BiasFigure> figure(String metric) {
        return measured.stream().flatMap(s -> s.figures.stream())
                .filter(f -> f.group().equals(BiasFigure.ALL) && f.metric().equals(metric)).findFirst();
    }
}
