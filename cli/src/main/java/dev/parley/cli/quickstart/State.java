package dev.parley.cli.quickstart;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.tokenizer.DurableFile;
import dev.parley.train.TrainEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * What a quickstart has done so far, in a file beside its results: stages, their seconds, the steps that were planned,
 * the losses that were seen. A run with the same options goes on from it.
 */
final class State {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final ObjectNode json;
    private String stage = "";

    private State(Path file, ObjectNode json) {
        this.file = file;
        this.json = json;
    }

    static State open(Path file, Plan plan) throws IOException {
        var options = plan.minutes() + " minutes, seed " + plan.seed() + ", texts " + plan.texts() + (plan.onlyTexts() ? " only" : "");
        if (!Files.exists(file)) {
            var json = JSON.createObjectNode().put("options", options);
            json.putObject("seconds");
            json.putObject("steps");
            json.putObject("losses");
            json.putArray("done");
            return new State(file, json);
        }
        if (!(JSON.readTree(Files.readAllBytes(file)) instanceof ObjectNode json) || !json.path("options").asText().equals(options)) {
            throw new IllegalArgumentException(file.getParent().getParent() + " holds a quickstart with other options; give the same, or --overwrite, or another --out.");
        }
        return new State(file, json);
    }

    boolean done(String stage) {
        for (var name : json.withArray("done")) {
            if (name.asText().equals(stage)) return true;
        }
        return false;
    }

    void complete(String stage) throws IOException {
        json.withArray("done").add(stage);
        write();
    }

    /** The steps of a stage, decided once and kept. */
    long steps(String stage, LongSupplier decide) throws IOException {
        var steps = json.withObject("/steps");
        if (!steps.has(stage)) {
            steps.put(stage, Math.max(20, decide.getAsLong()));
            write();
        }
        return steps.path(stage).asLong();
    }

    /** Work whose time is counted. */
    interface Work<T> {
        T run() throws IOException;
    }

    <T> T timed(String stage, Work<T> work) throws IOException {
        this.stage = stage;
        var start = System.nanoTime();
        try {
            return work.run();
        } finally {
            var seconds = json.withObject("/seconds");
            // Training that was interrupted took both times; anything else was simply done again.
            var before = json.withObject("/steps").has(stage) ? seconds.path(stage).asDouble() : 0;
            seconds.put(stage, before + (System.nanoTime() - start) / 1e9);
            write();
        }
    }

    Map<String, Double> seconds() {
        var seconds = new LinkedHashMap<String, Double>();
        for (var entry : json.withObject("/seconds").properties()) seconds.put(entry.getKey(), entry.getValue().asDouble());
        return seconds;
    }

    /** Keeps the losses for the report. */
    void event(TrainEvent event) {
        if (event instanceof TrainEvent.Step s) json.withObject("/losses").withArray(stage).addArray().add(s.step()).add(s.loss());
        if (event instanceof TrainEvent.Evaluated e) json.withObject("/losses").withArray(stage + " held-out").addArray().add(e.step()).add(e.evalLoss());
    }

    /** Losses by stage: rows of step and loss. */
    Map<String, List<double[]>> losses() {
        var losses = new LinkedHashMap<String, List<double[]>>();
        for (var entry : json.withObject("/losses").properties()) {
            var points = new ArrayList<double[]>();
            for (var point : entry.getValue()) points.add(new double[] {point.get(0).asDouble(), point.get(1).asDouble()});
            losses.put(entry.getKey(), points);
        }
        return losses;
    }

    private void write() throws IOException {
        DurableFile.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
    }
}
