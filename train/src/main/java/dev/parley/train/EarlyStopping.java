package dev.parley.train;

import java.util.Optional;

/**
 * Ends a run whose evaluations get no better: by the rule of transformers' {@code EarlyStoppingCallback}. An evaluation counts if its
 * metric is better than the best before by more than a threshold.
 */
final class EarlyStopping implements TrainerCallback {

    private final int patience;
    private final double threshold;
    private final BestMetric metric;
    private int waited;
    private double best = Double.NaN;

    private EarlyStopping(int patience, double threshold, BestMetric metric) {
        this.patience = patience;
        this.threshold = threshold;
        this.metric = metric;
    }

    static EarlyStopping of(TrainingArguments arguments) {
        return new EarlyStopping(arguments.get(TrainingSettings.EARLY_STOPPING_PATIENCE),
                arguments.get(TrainingSettings.EARLY_STOPPING_THRESHOLD), BestMetric.of(arguments));
    }

    /** A run that it has ended stays so when it is resumed. */
    @Override
    public void onBegin(TrainerControl control) {
        if (waited >= patience) control.stop();
    }

    @Override
    public void onEvaluate(TrainEvent.Evaluated e, TrainerControl control) {
        var now = metric.of(e.evalLoss(), e.metrics());
        var isBetter = Double.isNaN(best) || metric.isBetter(now, best);
        waited = Double.isNaN(best) || isBetter && Math.abs(now - best) > threshold ? 0 : waited + 1;
        if (isBetter) best = now;
        if (waited >= patience) control.stop();
    }

    @Override
    public String name() {
        return "early_stopping_callback";
    }

    @Override
    public Optional<String> state() {
        return Optional.of(waited + " " + best);
    }

    @Override
    public void restore(String state) {
        var parts = state.split(" ");
        try {
            waited = Integer.parseInt(parts[0]);
            best = Double.parseDouble(parts[1]);
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            throw new TrainingException("The checkpoint's state of early stopping is damaged: \"" + state + "\".");
        }
    }
}
