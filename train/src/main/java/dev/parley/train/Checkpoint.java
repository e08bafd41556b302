package dev.parley.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.model.CausalLM;
import dev.parley.model.Parameters.Parameter;
import dev.parley.model.weights.SafetensorsWriter;
import dev.parley.model.weights.WeightFiles;
import dev.parley.tensor.NoGrad;
import dev.parley.tensor.RandomState;
import dev.parley.tensor.Scope;
import dev.parley.tensor.Tensor;
import dev.parley.tokenizer.DurableFile;
import dev.parley.tokenizer.FolderTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/**
 * A folder {@code checkpoint-STEP} that training goes on from exactly: the model as Hugging Face lays it out, and beside
 * it the optimiser's moments, the state of the random generator, and {@code trainer_state.json} with the step, the place
 * in the data and the best score. It is written under another name, synced, and renamed: a run killed at any moment
 * leaves whole checkpoints only. {@code checkpoints.json} above them names the last and the best.
 */
final class Checkpoint {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PREFIX = "checkpoint-";
    private static final String OPTIMIZER = "optimizer.safetensors";
    private static final String STATE = "trainer_state.json";
    private static final String NAMES = "checkpoints.json";
    private static final String RANDOM = "random_state";

    private Checkpoint() {}

    /**
     * Where training stands.
     *
     * @param step optimiser steps done
     * @param cursor batches taken from the training set, over all epochs
     * @param dataFingerprint tells another training set or order of rows, with which no exact resume is possible
     * @param bestStep of the evaluation with the lowest loss; -1 before the first
     * @param seconds of training so far
     */
    record Progress(long step, long cursor, String dataFingerprint, double bestEvalLoss, long bestStep, double seconds) {

        /** After one step more. @param batches that it took */
        Progress next(int batches, double seconds) {
            return new Progress(step + 1, cursor + batches, dataFingerprint, bestEvalLoss, bestStep, seconds);
        }

        /** With an evaluation just now that is the best so far. */
        Progress withBest(double evalLoss) {
            return new Progress(step, cursor, dataFingerprint, evalLoss, step, seconds);
        }
    }

    /** What else belongs into the folder of a checkpoint, such as the tokenizer's files. */
    interface Extra {
        void writeTo(Path folder) throws IOException;
    }

    static Path write(Path outputDir, CausalLM model, Optimizer optimizer, Progress progress, Extra extra, int keep) {
        var folder = outputDir.resolve(PREFIX + progress.step());
        var beside = outputDir.resolve("." + PREFIX + progress.step() + ".part");
        try {
            Files.createDirectories(outputDir);
            FolderTree.delete(beside);
            model.savePretrained(beside);
            extra.writeTo(beside);
            try (var scope = Scope.open()) {
                var tensors = new LinkedHashMap<>(optimizer.state());
                tensors.put(RANDOM, RandomState.save());
                SafetensorsWriter.write(beside.resolve(OPTIMIZER), tensors);
            }
            DurableFile.write(beside.resolve(STATE), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json(progress)) + "\n");
            FolderTree.delete(folder);
            DurableFile.moveOver(beside, folder);
            DurableFile.syncFolder(outputDir);
            name(outputDir, progress);
            rotate(outputDir, progress, keep);
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException("The checkpoint " + folder + " cannot be written: " + e.getMessage() + ".", e);
        }
    }

    private static ObjectNode json(Progress p) {
        var json = JSON.createObjectNode().put("global_step", p.step()).put("data_cursor", p.cursor()).put("data_fingerprint", p.dataFingerprint())
                .put("train_seconds", p.seconds());
        if (p.bestStep() >= 0) json.put("best_metric", p.bestEvalLoss()).put("best_global_step", p.bestStep());
        return json;
    }

    private static void name(Path outputDir, Progress progress) throws IOException {
        var json = JSON.createObjectNode().put("last", PREFIX + progress.step());
        if (progress.bestStep() >= 0) json.put("best", PREFIX + progress.bestStep()).put("best_eval_loss", progress.bestEvalLoss());
        DurableFile.write(outputDir.resolve(NAMES), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
    }

    /** Deletes the oldest until {@code keep} are left; the best stays, and 0 keeps all. */
    private static void rotate(Path outputDir, Progress progress, int keep) throws IOException {
        if (keep == 0) return;
        var old = list(outputDir).stream().filter(f -> step(f) != progress.bestStep()).toList();
        for (var folder : old.subList(0, Math.max(0, old.size() - keep))) FolderTree.delete(folder);
    }

    /** The checkpoints of a folder, oldest first. */
    static List<Path> list(Path outputDir) throws IOException {
        if (!Files.isDirectory(outputDir)) return List.of();
        try (var files = Files.list(outputDir)) {
            return files.filter(f -> f.getFileName().toString().matches(PREFIX + "[0-9]{1,18}"))
                    .sorted(Comparator.comparingLong(Checkpoint::step)).toList();
        }
    }

    private static long step(Path folder) {
        return Long.parseLong(folder.getFileName().toString().substring(PREFIX.length()));
    }

    /** The last checkpoint of an output folder. */
    static Optional<Path> last(Path outputDir) throws IOException {
        var all = list(outputDir);
        return all.isEmpty() ? Optional.empty() : Optional.of(all.getLast());
    }

    /** Sets model, optimiser and random generator to where a checkpoint stands. */
    static Progress restore(Path folder, CausalLM model, Optimizer optimizer) {
        try (var scope = Scope.open(); var noGrad = NoGrad.open();
                var weights = WeightFiles.open(folder);
                var moments = WeightFiles.openFile(folder.resolve(OPTIMIZER))) {
            for (Parameter parameter : model.parameters().all()) copy(parameter.value(), weights.read(parameter.name()), parameter.name(), folder);
            for (var entry : optimizer.state().entrySet()) copy(entry.getValue(), moments.read(entry.getKey()), entry.getKey(), folder);
            RandomState.restore(moments.read(RANDOM));
            return progress(folder.resolve(STATE));
        } catch (IOException e) {
            throw new UncheckedIOException("The checkpoint " + folder + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    private static void copy(Tensor to, Tensor from, String name, Path folder) {
        if (!Arrays.equals(to.shape(), from.shape())) {
            throw new TrainingException(folder + ": tensor \"" + name + "\" has the shape of another model.");
        }
        to.copyInPlace(from);
    }

    private static Progress progress(Path file) throws IOException {
        var json = JSON.readTree(Files.readAllBytes(file));
        return new Progress(number(json, "global_step", file), number(json, "data_cursor", file), json.path("data_fingerprint").asText(),
                json.path("best_metric").asDouble(Double.POSITIVE_INFINITY), json.path("best_global_step").asLong(-1),
                json.path("train_seconds").asDouble());
    }

    private static long number(JsonNode json, String name, Path file) {
        if (!json.path(name).canConvertToLong() || json.path(name).asLong() < 0) {
            throw new TrainingException(file + " has no number " + name + ", so that nothing can go on from it.");
        }
        return json.path(name).asLong();
    }
}
