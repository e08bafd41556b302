package dev.parley.train.report;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.data.Examples;
import dev.parley.kernels.machine.MachineMemory;
import dev.parley.model.TrainingExample;
import dev.parley.train.Trainer;
import dev.parley.train.TrainingSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a run would be and would take, found out before it begins: by its settings, its data, and twenty real steps, which are thrown away.
 *
 * <pre>{@code
 * var plan = Recipe.read(file).plan();
 * plan.lines().forEach((what, line) -> System.out.println(what + ": " + line));
 * }</pre>
 */
public final class TrainingPlan {

    private static final double GB = 1e9;
    private static final double OF_FREE = 0.9; // of the memory that is free, to be on the safe side
    private static final double FORWARD = 1.0 / 3; // of the work of a step, which evaluating takes

    private final String model;
    private final long parameters;
    private final long learned; // of them, or an adapter's
    private final RowCounts rows;
    private final long steps;
    private final double tokensPerStep;
    private final double epochs;
    private final int batchSize;
    private final MemoryNeed need;
    private final OptionalLong free;
    private final Optional<SpeedTrial> trial; // none where it would not fit
    private final double evaluationSeconds;
    private final double utilisation;
    private final List<String> advice = new ArrayList<>();

    private TrainingPlan(Trainer trainer) {
        var arguments = trainer.arguments();
        model = RunFacts.model(trainer);
        parameters = MemoryNeed.elements(trainer.model().parameters().all());
        learned = MemoryNeed.elements(trainer.model().parameters().trainable());
        rows = RowCounts.of(trainer.trainExamples());
        steps = trainer.totalSteps();
        batchSize = arguments.get(TrainingSettings.PER_DEVICE_TRAIN_BATCH_SIZE);
        var rowsPerStep = Math.min(rows.rows(), (long) batchSize * arguments.get(TrainingSettings.GRADIENT_ACCUMULATION_STEPS));
        tokensPerStep = rowsPerStep * rows.meanLength();
        epochs = (double) steps * rowsPerStep / rows.rows();
        free = MachineMemory.available();
        var estimate = MemoryNeed.estimate(trainer, rows.longest());
        trial = fits(estimate) ? Optional.of(SpeedTrial.of(trainer)) : Optional.empty();
        need = trial.map(t -> estimate.withActivations(Math.max(0, t.besideWeights() - estimate.gradients() - estimate.optimizer())))
                .orElse(estimate);
        utilisation = trial.isEmpty() ? Double.NaN : RunFacts.of(trainer, DataMix.UNKNOWN).utilisation(tokensPerSecond());
        evaluationSeconds = trainer.evaluations() * trainer.evalExamples().map(this::evaluationSeconds).orElse(0.0);
    }

    /**
     * Plans a trainer's run. Nothing is written; the model is good for nothing afterwards.
     *
     * @param newModel whether it has learnt nothing yet
     */
    public static TrainingPlan of(Trainer trainer, boolean newModel) {
        var plan = new TrainingPlan(trainer);
        plan.adviseOnMemory();
        plan.adviseOnData(trainer, newModel);
        return plan;
    }

    private boolean fits(MemoryNeed needed) {
        return free.isEmpty() || needed.besideWeights() <= OF_FREE * free.getAsLong();
    }

    private double tokensPerSecond() {
        return trial.isEmpty() ? Double.NaN : tokensPerStep / trial.get().secondsPerStep();
    }

    private double evaluationSeconds(Examples<? extends TrainingExample> held) {
        return trial.isEmpty() ? Double.NaN : FORWARD * RowCounts.of(held).tokens() / tokensPerSecond();
    }

    /** Seconds of the whole run, evaluations with it; NaN where the run does not fit into memory. */
    public double seconds() {
        return trial.isEmpty() ? Double.NaN : steps * trial.get().secondsPerStep() + evaluationSeconds;
    }

    /** Rows of a batch at most, as far as the memory that is free now goes; empty where the system does not tell it. */
    public OptionalLong largestBatch() {
        if (free.isEmpty()) return free;
        var perRow = Math.max(1, need.activations() / batchSize);
        return OptionalLong.of(Math.max(0, (long) ((OF_FREE * free.getAsLong() - need.gradients() - need.optimizer()) / perRow)));
    }

    /** What should be changed, or is worth knowing, each in a sentence. */
    public List<String> advice() {
        return List.copyOf(advice);
    }

    private void adviseOnMemory() {
        if (fits(need)) return;
        var largest = largestBatch().orElse(0);
        advice.add(String.format(Locale.ROOT, "It does not fit: beside the weights it needs about %.1f GB, and %.1f GB are free.%s",
                need.besideWeights() / GB, free.orElse(0) / GB,
                largest > 0 ? " Set per_device_train_batch_size to " + largest + " at most, and gradient_accumulation_steps higher instead."
                        : " Take a smaller model, shorter rows (context_length), or a machine with more memory."));
    }

    private void adviseOnData(Trainer trainer, boolean newModel) {
        var seen = steps * tokensPerStep;
        if (newModel) {
            advice.add(String.format(Locale.ROOT,
                    "The run reads %.1f tokens for each parameter. About 20 make the best model for the work that"
                            + " training is (arXiv:2203.15556): %s here%s.",
                    seen / parameters, amount(20.0 * parameters),
                    seen < 10.0 * parameters ? "; a smaller model that reads more would be better for the same work"
                            : seen > 40.0 * parameters ? "; more make a better model of this size, which is cheap to use" : ""));
        }
        if (epochs > 4) {
            advice.add(String.format(Locale.ROOT, "Each row is read %.1f times. Up to about 4 times repeated text is worth as much as new"
                    + " text, and ever less beyond (arXiv:2305.16264): add text, or watch the held-out loss.", epochs));
        }
        if (trainer.evalExamples().isEmpty()) {
            advice.add("No eval_files are given, so that nothing will tell whether the model learns by heart.");
        }
    }

    /** The plan to read: what it is about, and a line of it. */
    public Map<String, String> lines() {
        var lines = new LinkedHashMap<String, String>();
        lines.put("model", model);
        if (learned < parameters) {
            lines.put("learns", String.format(Locale.ROOT, "an adapter of %,d parameters, %.2f %% of the model's", learned,
                    100.0 * learned / parameters));
        }
        lines.put("data",
                String.format(Locale.ROOT, "%,d rows, %s tokens, of which %.0f %% are targets", rows.rows(), amount(rows.tokens()),
                        100.0 * rows.targets() / rows.tokens()));
        lines.put("steps", String.format(Locale.ROOT, "%,d of %,.0f tokens: %s tokens, %.2f epochs", steps, tokensPerStep,
                amount(steps * tokensPerStep), epochs));
        trial.ifPresent(t -> {
            lines.put("speed",
                    String.format(Locale.ROOT, "%,.0f tokens/s, %.3f s a step (%d were made), %.0f %% of this machine's products",
                            tokensPerSecond(), t.secondsPerStep(), t.steps(), 100 * utilisation));
            lines.put("time", duration(seconds()) + (evaluationSeconds > 0 ? ", of which evaluations " + duration(evaluationSeconds) : ""));
        });
        lines.put("memory", String.format(Locale.ROOT, "weights %s, gradients %s, optimiser %s, activations %s%s", gb(need.weights()),
                gb(need.gradients()), gb(need.optimizer()), gb(need.activations()), trial.isPresent() ? " (measured)" : " (by formula)"));
        if (free.isPresent()) {
            lines.put("fits", String.format(Locale.ROOT, "%s: %s beside the weights, %s are free; up to per_device_train_batch_size %,d",
                    fits(need) ? "yes" : "no", gb(need.besideWeights()), gb(free.getAsLong()), largestBatch().orElse(0)));
        }
        return lines;
    }

    private static String gb(long bytes) {
        return bytes < GB ? String.format(Locale.ROOT, "%.0f MB", bytes / 1e6) : String.format(Locale.ROOT, "%.1f GB", bytes / GB);
    }

    private static String amount(double number) {
        if (number < 1e5) return String.format(Locale.ROOT, "%,.0f", number);
        return number < 1e9 ? String.format(Locale.ROOT, "%.1f M", number / 1e6) : String.format(Locale.ROOT, "%.1f B", number / 1e9);
    }

    private static String duration(double seconds) {
        if (seconds < 90) return String.format(Locale.ROOT, "%.0f s", seconds);
        return seconds < 5400 ? String.format(Locale.ROOT, "%.0f min", seconds / 60) : String.format(Locale.ROOT, "%.1f h", seconds / 3600);
    }

    /** The plan for scripts; what is not known is missing. */
    public ObjectNode json() {
        var json = JsonNodeFactory.instance.objectNode().put("model", model).put("parameters", parameters)
                .put("trainable_parameters", learned);
        json.putObject("data").put("rows", rows.rows()).put("tokens", rows.tokens()).put("targets", rows.targets());
        json.put("steps", steps).put("tokens_per_step", tokensPerStep).put("tokens", steps * tokensPerStep).put("epochs", epochs);
        trial.ifPresent(t -> json.put("trial_steps", t.steps()).put("seconds_per_step", t.secondsPerStep())
                .put("tokens_per_second", tokensPerSecond()).put("utilisation", utilisation).put("seconds", seconds())
                .put("hours", seconds() / 3600));
        var memory = json.putObject("memory").put("weights", need.weights()).put("gradients", need.gradients())
                .put("optimizer", need.optimizer()).put("activations", need.activations()).put("measured", trial.isPresent());
        free.ifPresent(bytes -> memory.put("available", bytes));
        json.put("fits", fits(need));
        largestBatch().ifPresent(rows -> json.put("largest_batch", rows));
        advice.forEach(json.putArray("advice")::add);
        return json;
    }
}
