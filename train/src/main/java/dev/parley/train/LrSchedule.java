package dev.parley.train;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The learning rate of each step, by the names and formulas of transformers' {@code lr_scheduler_type}. All but
 * {@code constant} warm up linearly from 0 over {@code warmupSteps}.
 */
@FunctionalInterface
public interface LrSchedule {

    /** @param step from 0 */
    double at(long step);

    /** The kinds of schedule. */
    enum Type {
        LINEAR, COSINE, COSINE_WITH_MIN_LR, CONSTANT, CONSTANT_WITH_WARMUP, POLYNOMIAL, INVERSE_SQRT, WARMUP_STABLE_DECAY;

        /** Whether the rate depends on how many steps the whole run has. */
        public boolean knowsItsEnd() {
            return this != CONSTANT && this != CONSTANT_WITH_WARMUP && this != INVERSE_SQRT;
        }

        /** The name that transformers uses. */
        public String label() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /**
     * A schedule as the arguments describe it.
     *
     * @param totalSteps steps of the whole run
     */
    static LrSchedule of(TrainingArguments arguments, long totalSteps) {
        return of(arguments.get(TrainingSettings.LR_SCHEDULER_TYPE), arguments.get(TrainingSettings.LEARNING_RATE),
                arguments.warmupSteps(totalSteps), totalSteps, arguments.get(TrainingSettings.LR_SCHEDULER_KWARGS));
    }

    /**
     * A schedule.
     *
     * @param learningRate its highest value
     * @param warmupSteps steps in which the rate rises linearly from 0
     * @param totalSteps steps of the whole run
     */
    static LrSchedule of(Type type, double learningRate, long warmupSteps, long totalSteps, Shape shape) {
        return step -> learningRate * (type != Type.CONSTANT && step < warmupSteps
                ? (double) step / Math.max(1, warmupSteps)
                : factor(type, learningRate, warmupSteps, totalSteps, shape, step));
    }

    private static double factor(Type type, double learningRate, long warmupSteps, long totalSteps, Shape shape, long step) {
        var progress = Math.min(1, (double) (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps));
        return switch (type) {
            case CONSTANT, CONSTANT_WITH_WARMUP -> 1;
            case LINEAR -> Math.max(0, 1 - progress);
            case COSINE -> cosine(progress); // Loshchilov and Hutter 2017 (arXiv:1608.03983), without restarts
            case COSINE_WITH_MIN_LR -> shape.floor() + (1 - shape.floor()) * cosine(progress);
            case POLYNOMIAL -> ((learningRate - shape.lrEnd()) * Math.pow(1 - progress, shape.power()) + shape.lrEnd()) / learningRate;
            case INVERSE_SQRT -> {
                double timescale = shape.timescale() > 0 ? shape.timescale() : warmupSteps > 0 ? warmupSteps : 10_000; // as transformers
                yield 1 / Math.sqrt((step - warmupSteps + timescale) / timescale);
            }
            case WARMUP_STABLE_DECAY -> {
                var decaySteps = shape.numDecaySteps();
                var stableUntil = Math.max(warmupSteps, totalSteps - decaySteps);
                if (step < stableUntil) yield 1;
                var decayed = Math.min(1, (double) (step - stableUntil) / Math.max(1, decaySteps));
                yield shape.floor() + (1 - shape.floor()) * cosine(decayed);
            }
        };
    }

    private static double cosine(double progress) {
        return 0.5 * (1 + Math.cos(Math.PI * progress));
    }

    /**
     * What bends a schedule; transformers' {@code lr_scheduler_kwargs}.
     *
     * @param minLrRate where cosine_with_min_lr and warmup_stable_decay end, as a part of the learning rate; the first needs one, the
     *     other ends at 0 without
     * @param power of polynomial; 1
     * @param lrEnd where polynomial ends; 1e-7
     * @param timescale of inverse_sqrt, in steps; 0 takes the warm-up's, or 10,000 without one
     * @param numDecaySteps the last steps of warmup_stable_decay, in which it falls; it needs some
     */
    record Shape(OptionalDouble minLrRate, double power, double lrEnd, long timescale, long numDecaySteps) {

        /** transformers' defaults. */
        public static final Shape DEFAULT = new Shape(OptionalDouble.empty(), 1, 1e-7, 0, 0);

        /**
         * The same with another rate at the end.
         *
         * @param rate a part of the highest one
         */
        public Shape withMinLrRate(double rate) {
            return new Shape(OptionalDouble.of(rate), power, lrEnd, timescale, numDecaySteps);
        }

        /** What a schedule needs and this does not have, in words. */
        Optional<String> missing(Type type) {
            if (type == Type.COSINE_WITH_MIN_LR && minLrRate.isEmpty()) return needs(type, "either min_lr or min_lr_rate");
            if (type == Type.WARMUP_STABLE_DECAY && numDecaySteps < 1) return needs(type, "num_decay_steps");
            return Optional.empty();
        }

        private static Optional<String> needs(Type type, String what) {
            return Optional.of("lr_scheduler_type " + type.label() + " needs lr_scheduler_kwargs with " + what);
        }

        private double floor() {
            return minLrRate.orElse(0);
        }
    }
}
