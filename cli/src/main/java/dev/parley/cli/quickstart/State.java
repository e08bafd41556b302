package dev.parley.cli.quickstart;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.files.DurableFile;
import dev.parley.train.TrainEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;

/**
 * What a quickstart has done so far, in a file beside its results: stages, their seconds, the steps that were planned,
 * the losses that were seen. A run with the same options goes on from it.
 */
final class State {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final ObjectNode json;
    private final double elapsedBefore; // in earlier starts of the same run
    private final long started = System.nanoTime();
    private String stage = "";

    private State(Path file, ObjectNode json) {
        this.file = file;
        this.json = json;
        elapsedBefore = json.path("elapsed").asDouble();
    }

    /** Seconds that the run has taken so far. */
    double elapsed() {
        return elapsedBefore + (System.nanoTime() - started) / 1e9;
    }

    static State open(Path file, Plan plan) throws IOException {
        var options = plan.asked() + ", seed " + plan.seed() + ", texts " + plan.texts() + (plan.onlyTexts() ? " only" : "");
        if (!Files.exists(file)) {
            var json = JSON.createObjectNode().put("options", options);
            json.putObject("seconds");
            json.putObject("plan");
            json.putObject("losses");
            json.putArray("done");
            return new State(file, json);
        }
        if (!(JSON.readTree(Files.readAllBytes(file)) instanceof ObjectNode json) || !json.path("options").asText().equals(options)) {
            throw new IllegalArgumentException(file.getParent().getParent()
                    + " holds a quickstart with other options; give the same, or --overwrite, or another --out.");
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

    /** A number of the plan, decided once and kept. */
    double decided(String name, DoubleSupplier decide) throws IOException {
        var plan = json.withObject("/plan");
        if (!plan.has(name)) {
            plan.put(name, decide.getAsDouble());
            write();
        }
        return plan.path(name).asDouble();
    }

    /** Work whose time is counted. */
    interface Work<T> {
        T run() throws IOException;
    }

    /** @param resumable whether work that was interrupted goes on where it was */
    <T> T timed(String stage, boolean resumable, Work<T> work) throws IOException {
        this.stage = stage;
        var start = System.nanoTime();
        try {
            return work.run();
        } finally {
            var seconds = json.withObject("/seconds");
            // Training that was interrupted took both times; anything else was simply done again.
            var before = resumable ? seconds.path(stage).asDouble() : 0;
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
        if (event instanceof TrainEvent.Evaluated e)
            json.withObject("/losses").withArray(stage + " held-out").addArray().add(e.step()).add(e.evalLoss());
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
        json.put("elapsed", elapsed());
        DurableFile.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
    }
}
