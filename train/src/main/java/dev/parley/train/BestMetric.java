package dev.parley.train;

import java.util.Map;

/** By which metric of an evaluation models are compared. @param name as it begins with eval_ */
record BestMetric(String name, boolean greaterIsBetter) {

    private static final String LOSS = "eval_loss";
    private static final String PREFIX = "eval_";

    static BestMetric of(TrainingArguments arguments) {
        var given = arguments.get(TrainingSettings.METRIC_FOR_BEST_MODEL);
        var name = given.startsWith(PREFIX) ? given : PREFIX + given;
        return new BestMetric(name, arguments.get(TrainingSettings.GREATER_IS_BETTER).orElse(!name.endsWith("loss")));
    }

    /** @throws TrainingException if the evaluation has no such metric */
    double of(double loss, Map<String, Double> metrics) {
        if (name.equals(LOSS)) return loss;
        var value = metrics.get(name.substring(PREFIX.length()));
        if (value == null) {
            throw new TrainingException("metric_for_best_model is " + name + ", but an evaluation of this run has only " + LOSS
                    + metrics.keySet().stream().sorted().map(m -> ", " + PREFIX + m).reduce("", String::concat) + ".");
        }
        return value;
    }

    boolean isBetter(double metric, double than) {
        return greaterIsBetter ? metric > than : metric < than;
    }
}
