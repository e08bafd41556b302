package dev.parley.train.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.files.DurableFile;
import dev.parley.torch.LossSum;
import dev.parley.train.TrainingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where a run stands, as {@code trainer_state.json} of a checkpoint keeps it.
 *
 * @param step optimiser steps done
 * @param seconds of training so far
 * @param loss of all steps so far
 * @param untold loss of the steps since the last event of progress
 * @param evaluated the last evaluation
 * @param best the best evaluation of those whose model was saved
 * @param identity what a run must share with this one to go on from it exactly
 * @param machine what computed, by name
 * @param callbacks what callbacks have to remember, by their names
 */
public record TrainerState(long step, double seconds, LossSum loss, LossSum untold, Optional<Evaluation> evaluated,
        Optional<Evaluation> best, Map<String, String> identity, Map<String, String> machine, Map<String, String> callbacks) {

    static final String FILE = "trainer_state.json";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final LossSum NONE = new LossSum(0, 0);

    /**
     * An evaluation after a step.
     *
     * @param value its loss, as the mean over the targets, in nats; of the best, whatever metric decides which that is
     */
    public record Evaluation(long step, double value) {}

    /** Before the first step. */
    public static TrainerState beginning(Map<String, String> identity, Map<String, String> machine) {
        return new TrainerState(0, 0, NONE, NONE, Optional.empty(), Optional.empty(), identity, machine, Map.of());
    }

    /**
     * After one step more.
     *
     * @param told whether its event tells the loss of the steps since the last
     */
    public TrainerState next(LossSum stepLoss, boolean told, double seconds) {
        return new TrainerState(step + 1, seconds, loss.plus(stepLoss), told ? NONE : untold.plus(stepLoss), evaluated, best, identity,
                machine, callbacks);
    }

    /** With an evaluation at this step. */
    public TrainerState withEvaluation(double evalLoss) {
        return new TrainerState(step, seconds, loss, untold, Optional.of(new Evaluation(step, evalLoss)), best, identity, machine,
                callbacks);
    }

    /** With this step as the best. */
    public TrainerState withBest(double metric) {
        return new TrainerState(step, seconds, loss, untold, evaluated, Optional.of(new Evaluation(step, metric)), identity, machine,
                callbacks);
    }

    /** Of another run or machine, which goes on from here all the same. */
    TrainerState takenOver(Map<String, String> identity, Map<String, String> machine) {
        return new TrainerState(step, seconds, loss, untold, evaluated, best, identity, machine, callbacks);
    }

    /** With what callbacks have to remember now. */
    public TrainerState withCallbacks(Map<String, String> callbacks) {
        return new TrainerState(step, seconds, loss, untold, evaluated, best, identity, machine, callbacks);
    }

    /** Whether this very step is evaluated. */
    public boolean isEvaluated() {
        return evaluated.isPresent() && evaluated.get().step() == step;
    }

    /** Whether a metric is better than that of every model saved. */
    public boolean isBest(double metric, boolean greaterIsBetter) {
        return Double.isFinite(metric)
                && (best.isEmpty() || (greaterIsBetter ? metric > best.get().value() : metric < best.get().value()));
    }

    // ---- file ----

    void write(Path checkpoint) throws IOException {
        var json = JSON.createObjectNode().put("global_step", step).put("train_seconds", seconds)
                .put("train_loss_sum", loss.sum()).put("train_targets", loss.targets())
                .put("untold_loss_sum", untold.sum()).put("untold_targets", untold.targets());
        evaluated.ifPresent(e -> json.put("eval_step", e.step()).put("eval_loss", e.value()));
        best.ifPresent(b -> json.put("best_global_step", b.step()).put("best_metric", b.value())
                .put("best_model_checkpoint", Checkpoints.name(b.step())));
        identity.forEach(json.putObject("identity")::put);
        machine.forEach(json.putObject("machine")::put);
        callbacks.forEach(json.putObject("stateful_callbacks")::put);
        DurableFile.write(checkpoint.resolve(FILE), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
    }

    /** What a checkpoint keeps. */
    public static TrainerState read(Path checkpoint) throws IOException {
        var file = checkpoint.resolve(FILE);
        var json = JSON.readTree(Files.readAllBytes(file));
        return new TrainerState(whole(json, "global_step", file), json.path("train_seconds").asDouble(),
                new LossSum(json.path("train_loss_sum").asDouble(), whole(json, "train_targets", file)),
                new LossSum(json.path("untold_loss_sum").asDouble(), whole(json, "untold_targets", file)),
                evaluation(json, "eval_step", "eval_loss"), evaluation(json, "best_global_step", "best_metric"),
                texts(json.path("identity")), texts(json.path("machine")), texts(json.path("stateful_callbacks")));
    }

    private static Optional<Evaluation> evaluation(JsonNode json, String step, String loss) {
        return json.has(step) ? Optional.of(new Evaluation(json.path(step).asLong(), json.path(loss).asDouble())) : Optional.empty();
    }

    private static Map<String, String> texts(JsonNode object) {
        var texts = new LinkedHashMap<String, String>();
        for (var entry : object.properties()) texts.put(entry.getKey(), entry.getValue().asText());
        return texts;
    }

    private static long whole(JsonNode json, String name, Path file) {
        if (!json.path(name).canConvertToLong() || json.path(name).asLong() < 0) {
            throw new TrainingException(file + " has no number " + name + ", so that nothing can go on from it.");
        }
        return json.path(name).asLong();
    }
}
