package dev.parley.train;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.generate.config.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** The settings of each schedule: the keys of {@code lr_scheduler_kwargs} that transformers knows for it. */
final class SchedulerKwargs {

    static final TrainingSetting<Double> MIN_LR = number("min_lr", Double.NaN, "one of the two is needed", "Learning rate at the end.");
    static final TrainingSetting<Double> MIN_LR_RATE = number("min_lr_rate", Double.NaN, "one of the two is needed",
            "Learning rate at the end, as a part of `learning_rate`.");
    static final TrainingSetting<Double> LR_END = number("lr_end", 1e-7, "1e-7", "Learning rate at the end.");
    static final TrainingSetting<Double> POWER = number("power", 1, "1", "Power of the polynomial.");
    static final TrainingSetting<Long> TIMESCALE = new TrainingSetting<>("timescale", Values.longCount(Range.from(0)), () -> 0L,
            "`warmup_steps`, or 10,000 without", "Steps in which the learning rate falls to 0.71 of its highest.");
    static final TrainingSetting<Long> NUM_DECAY_STEPS = new TrainingSetting<>("num_decay_steps", Values.longCount(Range.from(1)),
            () -> 0L, "needed", "Steps at the end of the run in which the learning rate falls.");
    static final TrainingSetting<Double> MIN_LR_RATIO = number("min_lr_ratio", 0, "0",
            "Learning rate at the end, as a part of `learning_rate`.");

    private final LrSchedule.Type type;
    private final JsonNode given;

    private SchedulerKwargs(LrSchedule.Type type, JsonNode given) {
        this.type = type;
        this.given = given;
    }

    private static TrainingSetting<Double> number(String name, double byDefault, String defaultText, String sentence) {
        return new TrainingSetting<>(name, Values.number(Range.from(0)), () -> byDefault, defaultText, sentence);
    }

    /** The settings of a schedule. */
    static List<TrainingSetting<?>> of(LrSchedule.Type type) {
        return switch (type) {
            case COSINE_WITH_MIN_LR -> List.of(MIN_LR, MIN_LR_RATE);
            case POLYNOMIAL -> List.of(LR_END, POWER);
            case INVERSE_SQRT -> List.of(TIMESCALE);
            case WARMUP_STABLE_DECAY -> List.of(NUM_DECAY_STEPS, MIN_LR_RATIO);
            case LINEAR, COSINE, CONSTANT, CONSTANT_WITH_WARMUP -> List.of();
        };
    }

    /**
     * Reads what a recipe says.
     *
     * @param given a map
     * @param learningRate of which {@code min_lr} is a part
     * @throws IllegalArgumentException naming what is not a setting of the schedule, or is no value of it
     */
    static LrSchedule.Shape read(LrSchedule.Type type, JsonNode given, double learningRate) {
        if (!given.isObject()) throw new IllegalArgumentException("is no map, such as {min_lr_rate: 0.1}");
        var kwargs = new SchedulerKwargs(type, given);
        kwargs.requireKnown();
        return kwargs.shape(learningRate);
    }

    private LrSchedule.Shape shape(double learningRate) {
        var floor = switch (type) {
            case COSINE_WITH_MIN_LR -> {
                if (has(MIN_LR) && has(MIN_LR_RATE)) throw new IllegalArgumentException("has both min_lr and min_lr_rate");
                yield has(MIN_LR) ? OptionalDouble.of(value(MIN_LR) / learningRate)
                        : has(MIN_LR_RATE) ? OptionalDouble.of(value(MIN_LR_RATE)) : OptionalDouble.empty();
            }
            case WARMUP_STABLE_DECAY -> OptionalDouble.of(value(MIN_LR_RATIO));
            default -> OptionalDouble.empty();
        };
        return new LrSchedule.Shape(floor, value(POWER), value(LR_END), value(TIMESCALE), value(NUM_DECAY_STEPS));
    }

    private boolean has(TrainingSetting<?> setting) {
        return given.hasNonNull(setting.name());
    }

    private <T> T value(TrainingSetting<T> setting) {
        if (!has(setting)) return setting.defaultValue();
        var value = setting.read(given.path(setting.name()), TrainingArguments.builder());
        setting.fault(value).ifPresent(fault -> {
            throw new IllegalArgumentException(fault);
        });
        return value;
    }

    private void requireKnown() {
        var known = of(type).stream().map(TrainingSetting::name).toList();
        var unknown = new ArrayList<String>();
        given.fieldNames().forEachRemaining(unknown::add);
        unknown.removeAll(known);
        if (unknown.isEmpty()) return;
        throw new IllegalArgumentException("has " + String.join(", ", unknown) + ", but " + type.label()
                + (known.isEmpty() ? " has none" : " has only " + String.join(", ", known)));
    }
}
