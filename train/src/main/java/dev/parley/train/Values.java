package dev.parley.train;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.generate.config.Range;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Which values a setting may have. */
interface Values<T> {

    /** What they are, in a few words. */
    String words();

    /**
     * Reads one as YAML writes it.
     *
     * @param earlier the settings before this one in the list, on which a value may depend
     * @throws IllegalArgumentException if the node is of another type; the message goes on from the setting's name
     */
    T read(JsonNode node, TrainingArguments.Builder earlier);

    /** As YAML writes it. */
    String text(T value);

    /** What is wrong with a value, if anything is; goes on from the setting's name. */
    Optional<String> fault(T value);

    /** A number; whole ones are a number of their own type. */
    record Numbers<T extends Number>(Range range, boolean whole, DoubleFunction<T> of) implements Values<T> {

        private static final double MOST_EXACT = 1L << 53; // beyond it a double has not every whole number

        @Override
        public String words() {
            return ((whole ? "integer " : "number ") + range.words()).strip();
        }

        @Override
        public T read(JsonNode node, TrainingArguments.Builder earlier) {
            var number = number(node);
            if (whole && number != Math.rint(number)) throw new IllegalArgumentException("is " + node + " and not a whole number");
            var value = of.apply(number);
            if (whole && (value.doubleValue() != number || Math.abs(number) > MOST_EXACT))
                throw new IllegalArgumentException("is " + node + " and too large");
            return value;
        }

        private static double number(JsonNode node) {
            if (node.isNumber()) return node.doubleValue();
            try {
                return Double.parseDouble(node.asText()); // YAML 1.1 reads 1e-3 as text
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("is " + node + " and not a number", e);
            }
        }

        @Override
        public String text(T value) {
            return value.toString();
        }

        @Override
        public Optional<String> fault(T value) {
            return range.fault(value);
        }
    }

    static Values<Double> number(Range range) {
        return new Numbers<>(range, false, d -> d);
    }

    static Values<Integer> count(Range range) {
        return new Numbers<>(range, true, d -> (int) d);
    }

    static Values<Long> longCount(Range range) {
        return new Numbers<>(range, true, d -> (long) d);
    }

    /** The types whose every value is allowed. */
    interface Unchecked<T> extends Values<T> {

        @Override
        default String text(T value) {
            return value.toString();
        }

        @Override
        default Optional<String> fault(T value) {
            return Optional.empty();
        }
    }

    /** Yes or no. Strict: what is neither would be taken for no. */
    static Values<Boolean> flag() {
        return new Unchecked<>() {
            @Override
            public String words() {
                return "true, false";
            }

            @Override
            public Boolean read(JsonNode node, TrainingArguments.Builder earlier) {
                return switch (node.asText().toLowerCase(Locale.ROOT)) {
                    case "true", "yes", "on" -> true; // YAML 1.1's words
                    case "false", "no", "off" -> false;
                    default -> throw new IllegalArgumentException("is " + node + " and neither true nor false");
                };
            }
        };
    }

    /** One of several by its name. */
    static <T> Values<T> oneOf(T[] all, Function<T, String> label) {
        return new Unchecked<>() {
            @Override
            public String words() {
                return Arrays.stream(all).map(t -> "`" + label.apply(t) + "`").collect(Collectors.joining(", "));
            }

            @Override
            public T read(JsonNode node, TrainingArguments.Builder earlier) {
                var word = node.isBoolean() && !node.asBoolean() ? "no" : node.asText(); // YAML 1.1 reads no as false
                return Arrays.stream(all).filter(t -> label.apply(t).equals(word)).findFirst()
                        .orElseThrow(() -> new IllegalArgumentException(node.asText() + " is none of " + labels()));
            }

            private List<String> labels() {
                return Arrays.stream(all).map(label).toList();
            }

            @Override
            public String text(T value) {
                return label.apply(value);
            }
        };
    }

    /** One of the strategies. */
    static Values<IntervalStrategy> oneOf(IntervalStrategy... strategies) {
        return oneOf(strategies, IntervalStrategy::label);
    }

    /** A number of steps, or below 1 a part of all steps. */
    static Values<Double> stepsOrPart() {
        var numbers = number(Range.from(0));
        return new Values<>() {
            @Override
            public String words() {
                return "integer, or number in [0, 1)";
            }

            @Override
            public Double read(JsonNode node, TrainingArguments.Builder earlier) {
                return numbers.read(node, earlier);
            }

            @Override
            public String text(Double value) {
                return value < 1 && value > 0 ? value.toString() : String.valueOf(value.longValue());
            }

            @Override
            public Optional<String> fault(Double value) {
                return value > 1 && value != Math.rint(value) ? Optional.of(value + " is neither whole nor below 1")
                        : numbers.fault(value);
            }
        };
    }

    /** A word. */
    static Values<String> name() {
        return new Unchecked<>() {
            @Override
            public String words() {
                return "name";
            }

            @Override
            public String read(JsonNode node, TrainingArguments.Builder earlier) {
                return node.asText();
            }
        };
    }

    /** A value, or that none is given. @param none the word for it */
    static <T> Values<Optional<T>> optional(Values<T> values, String none) {
        return new Values<>() {
            @Override
            public String words() {
                return values.words();
            }

            @Override
            public Optional<T> read(JsonNode node, TrainingArguments.Builder earlier) {
                return node.asText().equals(none) ? Optional.empty() : Optional.of(values.read(node, earlier));
            }

            @Override
            public String text(Optional<T> value) {
                return value.map(values::text).orElse(none);
            }

            @Override
            public Optional<String> fault(Optional<T> value) {
                return value.flatMap(values::fault);
            }
        };
    }

    static Values<Path> folder() {
        return new Unchecked<>() {
            @Override
            public String words() {
                return "folder";
            }

            @Override
            public Path read(JsonNode node, TrainingArguments.Builder earlier) {
                return Path.of(node.asText());
            }
        };
    }

    /** A checkpoint's folder or the output folder, for which {@code true} stands; or nothing. */
    static Values<Optional<Path>> checkpoint() {
        return new Unchecked<>() {
            @Override
            public String words() {
                return "folder, true, false";
            }

            @Override
            public Optional<Path> read(JsonNode node, TrainingArguments.Builder earlier) {
                return switch (node.asText()) {
                    case "true" -> Optional.of(earlier.get(TrainingSettings.OUTPUT_DIR));
                    case "false", "" -> Optional.empty();
                    default -> Optional.of(Path.of(node.asText()));
                };
            }
        };
    }

    /** A map of the keys that the type of the schedule has. */
    static Values<LrSchedule.Shape> schedulerKwargs() {
        return new Unchecked<>() {
            @Override
            public String words() {
                return "map";
            }

            @Override
            public LrSchedule.Shape read(JsonNode node, TrainingArguments.Builder earlier) {
                return SchedulerKwargs.read(earlier.get(TrainingSettings.LR_SCHEDULER_TYPE), node,
                        earlier.get(TrainingSettings.LEARNING_RATE));
            }
        };
    }
}
