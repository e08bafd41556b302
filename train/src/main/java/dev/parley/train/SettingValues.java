package dev.parley.train;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The kinds of values that the settings of training have. */
final class SettingValues {

    private SettingValues() {}

    /**
     * Which numbers are allowed.
     *
     * @param words for a table
     * @param fault what a number is that is not allowed: "-1 is below 0"
     */
    record Range(double least, boolean leastIncluded, double most, boolean mostIncluded, String words, String fault) {

        static final Range ANY = new Range(Double.NEGATIVE_INFINITY, true, Double.POSITIVE_INFINITY, true, "", "");

        static Range atLeast(int least) {
            return new Range(least, true, Double.POSITIVE_INFINITY, true, "≥ " + least, "is below " + least);
        }

        static Range above0() {
            return new Range(0, false, Double.POSITIVE_INFINITY, true, "above 0", "is not above 0");
        }

        static Range above0Below(int most) {
            return new Range(0, false, most, false, "in (0, " + most + ")", "is not above 0 and below " + most);
        }

        static Range from0Below1() {
            return new Range(0, true, 1, false, "in [0, 1)", "is not in [0, 1)");
        }

        static Range between(int least, int most) {
            return new Range(least, true, most, true, "from " + least + " to " + most, "is not between " + least + " and " + most);
        }

        boolean has(double number) {
            return (leastIncluded ? number >= least : number > least) && (mostIncluded ? number <= most : number < most);
        }
    }

    /** A number; whole ones are a number of their own type. */
    private record Numbers<T extends Number>(Range range, boolean whole, DoubleFunction<T> of) implements TrainingSetting.Values<T> {

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
            return range.has(value.doubleValue()) ? Optional.empty() : Optional.of(value + " " + range.fault());
        }
    }

    static TrainingSetting.Values<Double> number(Range range) {
        return new Numbers<>(range, false, d -> d);
    }

    static TrainingSetting.Values<Integer> count(Range range) {
        return new Numbers<>(range, true, d -> (int) d);
    }

    static TrainingSetting.Values<Long> longCount(Range range) {
        return new Numbers<>(range, true, d -> (long) d);
    }

    /** The types whose every value is allowed. */
    private interface Unchecked<T> extends TrainingSetting.Values<T> {

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
    static TrainingSetting.Values<Boolean> flag() {
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
    static <T> TrainingSetting.Values<T> oneOf(T[] all, Function<T, String> label) {
        return new Unchecked<>() {
            @Override
            public String words() {
                return Arrays.stream(all).map(t -> "`" + label.apply(t) + "`").collect(Collectors.joining(", "));
            }

            @Override
            public T read(JsonNode node, TrainingArguments.Builder earlier) {
                return Arrays.stream(all).filter(t -> label.apply(t).equals(node.asText())).findFirst()
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

    static TrainingSetting.Values<Path> folder() {
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
    static TrainingSetting.Values<Optional<Path>> checkpoint() {
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
    static TrainingSetting.Values<LrSchedule.Shape> schedulerKwargs() {
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
