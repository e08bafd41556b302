package dev.parley.train.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.files.DurableFile;
import dev.parley.train.TrainingSetting;
import dev.parley.train.TrainingSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** {@code report.html}: all that is known of a run on one page that needs nothing beside itself. While the run works, the page reloads. */
final class ReportPage {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_TEXTS = 64; // of notes, and of times that samples were written

    private final Path file;
    private final RunFacts facts;
    private final Duration refresh;
    private final Map<String, Curve> curves = new LinkedHashMap<>();
    private final List<MetricLine> notes = new ArrayList<>();
    private final List<MetricLine> samples = new ArrayList<>();

    ReportPage(Path file, RunFacts facts, Duration refresh) {
        this.file = file;
        this.facts = facts;
        this.refresh = refresh;
    }

    void take(MetricLine line) {
        line.numbers().forEach((name, value) -> curves.computeIfAbsent(name, n -> new Curve()).add(line.step(), value));
        if (line.note().isPresent()) add(line, notes);
        if (!line.samples().isEmpty()) add(line, samples);
    }

    /** The first and the last stay; where there are many, every second between goes. */
    private static void add(MetricLine line, List<MetricLine> to) {
        to.add(line);
        if (to.size() <= MOST_TEXTS) return;
        for (int i = to.size() - 2; i > 0; i -= 2) to.remove(i);
    }

    void write(RunState state) throws IOException {
        DurableFile.write(file, Charts.page("page.html", facts.name(), data(state)));
    }

    private JsonNode data(RunState state) {
        var data = JSON.createObjectNode().put("name", facts.name()).put("model", facts.model());
        data.putObject("state").put("name", state.name()).put("step", state.step()).put("total", state.totalSteps())
                .put("left", Double.isFinite(state.secondsLeft()) ? state.secondsLeft() : 0).put("seconds", state.seconds())
                .put("checkpoint", state.checkpoint()).put("written", System.currentTimeMillis()).put("refresh", refresh.toMillis());
        var drawn = data.putObject("curves");
        curves.forEach((name, curve) -> drawn.set(name, json(curve)));
        var said = data.putArray("notes");
        for (var line : notes) said.addArray().add(line.step()).add(line.note().orElseThrow());
        var written = data.putArray("samples");
        for (var line : samples) written.add(json(line));
        var mix = data.putArray("mix");
        for (var part : facts.mix().parts()) mix.addArray().add(part.name()).add(part.bytes());
        data.putObject("rows").put("rows", facts.rows().rows()).put("tokens", facts.rows().tokens()).put("targets", facts.rows().targets());
        var defaults = TrainingSettings.all().stream().collect(Collectors.toMap(TrainingSetting::name, TrainingSetting::defaultText));
        var settings = data.putArray("settings");
        facts.settings().forEach((name, value) -> settings.addArray().add(name).add(value).add(defaults.get(name)));
        var machine = data.putArray("machine");
        facts.machine().forEach((name, value) -> machine.addArray().add(name).add(value));
        return data.put("flops_per_token", facts.flopsPerToken()).put("product_rate", facts.productRate());
    }

    /** Steps and values; JSON has no word for what is not finite. */
    private static ArrayNode json(Curve curve) {
        var json = JSON.createArrayNode();
        ArrayNode steps = json.addArray(), values = json.addArray();
        for (var step : curve.steps()) steps.add(step);
        for (var value : curve.values()) {
            if (Double.isFinite(value)) values.add((float) value);
            else values.addNull();
        }
        return json;
    }

    private static ObjectNode json(MetricLine line) {
        var json = JSON.createObjectNode().put("step", line.step());
        for (var sample : line.samples()) json.withArray("texts").addObject().put("prompt", sample.prompt()).put("text", sample.text());
        return json;
    }
}
