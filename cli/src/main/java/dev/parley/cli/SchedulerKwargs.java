package dev.parley.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.train.LrSchedule;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** The {@code lr_scheduler_kwargs} of a recipe: those that transformers knows for a schedule, and of these the ones that it demands. */
final class SchedulerKwargs {

    private final String where;
    private final LrSchedule.Type type;
    private final JsonNode given;
    private final ToDoubleFunction<JsonNode> number;

    private SchedulerKwargs(String where, LrSchedule.Type type, JsonNode given, ToDoubleFunction<JsonNode> number) {
        this.where = where;
        this.type = type;
        this.given = given;
        this.number = number;
    }

    /**
     * @param given a map, or nothing
     * @param learningRate of which {@code min_lr} is a part
     * @param number reads one as YAML writes it
     */
    static LrSchedule.Shape read(String where, LrSchedule.Type type, JsonNode given, double learningRate,
            ToDoubleFunction<JsonNode> number) {
        if (!given.isMissingNode() && !given.isNull() && !given.isObject()) {
            throw new IllegalArgumentException(where + ": lr_scheduler_kwargs is no map, such as {min_lr_rate: 0.1}.");
        }
        return new SchedulerKwargs(where, type, given, number).shape(learningRate);
    }

    private LrSchedule.Shape shape(double learningRate) {
        var byDefault = LrSchedule.Shape.DEFAULT;
        return switch (type) {
            case COSINE_WITH_MIN_LR -> {
                only("min_lr", "min_lr_rate");
                if (given.has("min_lr") == given.has("min_lr_rate")) throw needs("either min_lr or min_lr_rate");
                yield byDefault.withMinLrRate(given.has("min_lr") ? number("min_lr", 0) / learningRate : number("min_lr_rate", 0));
            }
            case POLYNOMIAL -> {
                only("lr_end", "power");
                double power = number("power", byDefault.power()), lrEnd = number("lr_end", byDefault.lrEnd());
                yield new LrSchedule.Shape(OptionalDouble.empty(), power, lrEnd, 0, 0);
            }
            case INVERSE_SQRT -> {
                only("timescale");
                yield new LrSchedule.Shape(OptionalDouble.empty(), byDefault.power(), byDefault.lrEnd(), (long) number("timescale", 0), 0);
            }
            case WARMUP_STABLE_DECAY -> {
                only("num_decay_steps", "min_lr_ratio");
                if (!given.has("num_decay_steps")) throw needs("num_decay_steps");
                var steps = (long) number("num_decay_steps", 0);
                yield new LrSchedule.Shape(OptionalDouble.of(number("min_lr_ratio", 0)), byDefault.power(), byDefault.lrEnd(), 0, steps);
            }
            case LINEAR, COSINE, CONSTANT, CONSTANT_WITH_WARMUP -> {
                only();
                yield byDefault;
            }
        };
    }

    private double number(String key, double byDefault) {
        return given.has(key) ? number.applyAsDouble(given.path(key)) : byDefault;
    }

    private void only(String... known) {
        var unknown = new ArrayList<String>();
        given.fieldNames().forEachRemaining(unknown::add);
        unknown.removeAll(Set.of(known));
        if (unknown.isEmpty()) return;
        throw new IllegalArgumentException(where + ": lr_scheduler_kwargs has " + String.join(", ", unknown) + ", but " + type.label()
                + (known.length == 0 ? " has none." : " has only " + String.join(", ", List.of(known)) + "."));
    }

    private IllegalArgumentException needs(String what) {
        return new IllegalArgumentException(where + ": lr_scheduler_type " + type.label() + " needs lr_scheduler_kwargs with " + what
                + ".");
    }
}
