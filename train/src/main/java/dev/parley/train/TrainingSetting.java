package dev.parley.train;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.generate.config.Range;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

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
