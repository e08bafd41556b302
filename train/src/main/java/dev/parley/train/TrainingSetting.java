package dev.parley.train;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.generate.config.Range;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * A setting of training, declared once: arguments in Java, keys of recipes, checks, and the table in docs/recipes.md are made of
 * the list in {@link TrainingSettings}.
 *
 * @param <T> type of its values
 */
public final class TrainingSetting<T> {

    private final String name;
    private final Values<T> values;
    private final Supplier<T> byDefault;
    private final String defaultText;
    private final String sentence;

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

    /** @param defaultText how docs name a default that depends on the machine or is nothing at all */
    TrainingSetting(String name, Values<T> values, Supplier<T> byDefault, String defaultText, String sentence) {
        this.name = name;
        this.values = values;
        this.byDefault = byDefault;
        this.defaultText = defaultText;
        this.sentence = sentence;
    }

    /** A whole number as YAML writes it, 1000 or 1e3; nothing if it is none, or too large for an int. */
    public static OptionalInt wholeNumber(JsonNode node) {
        try {
            return OptionalInt.of(Values.count(Range.ANY).read(node, TrainingArguments.builder()));
        } catch (IllegalArgumentException e) {
            return OptionalInt.empty();
        }
    }

    /** As transformers' {@code TrainingArguments} write it; what they do not have is written alike. */
    public String name() {
        return name;
    }

    /** What it does, in a sentence or two. */
    public String sentence() {
        return sentence;
    }

    /** Which values it may have, in a few words. */
    public String values() {
        return values.words();
    }

    /** Its default as docs write it. */
    public String defaultText() {
        return defaultText;
    }

    /** Its value where nobody sets it. */
    public T defaultValue() {
        return byDefault.get();
    }

    T read(JsonNode node, TrainingArguments.Builder earlier) {
        try {
            return values.read(node, earlier);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + " " + e.getMessage(), e);
        }
    }

    String text(T value) {
        return values.text(value);
    }

    Optional<String> fault(T value) {
        return values.fault(value).map(fault -> name + " " + fault);
    }

    @Override
    public String toString() {
        return name;
    }
}
