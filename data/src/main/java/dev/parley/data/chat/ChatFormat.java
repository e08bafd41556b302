package dev.parley.data.chat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** How a line writes what it teaches by. A line is told by its keys, in the order of these formats. */
public enum ChatFormat {

    /** OpenAI's files: {@code messages}. */
    MESSAGES("conversations", line -> line.has("messages"), Chat::read),

    /** Two answers to the same: {@code chosen} and {@code rejected}; or OpenAI's {@code preferred_output}. */
    PREFERENCE("preference pairs", line -> line.has("chosen") || line.has("preferred_output"), Pairs::read),

    /** ShareGPT's files: {@code conversations} of {@code from} and {@code value}. */
    SHAREGPT("conversations", line -> line.has("conversations"), ShareGpt::read),

    /** Alpaca's files: {@code instruction}, {@code input}, {@code output}. */
    ALPACA("conversations", line -> line.has("instruction"), Alpaca::read),

    /** An answer and a thumb: {@code prompt}, {@code completion}, {@code label}. */
    RATED("rated answers", line -> line.has("completion") && line.has("label"), Prompts::rated),

    /** A question and its answer: {@code prompt} and {@code completion}. */
    COMPLETION("conversations", line -> line.has("prompt") && line.has("completion"), Prompts::completed),

    /** A question whose answers code can judge: {@code prompt} and {@code answer}. */
    VERIFIABLE("prompts with an answer", line -> Prompts.isVerifiable(line), Prompts::verifiable);

    private final String records;
    private final Predicate<JsonNode> looksLike;
    private final Function<JsonNode, ChatRecord> reader;

    ChatFormat(String records, Predicate<JsonNode> looksLike, Function<JsonNode, ChatRecord> reader) {
        this.records = records;
        this.looksLike = looksLike;
        this.reader = reader;
    }

    /** Its name in recipes and options. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What its lines hold, in the plural. */
    public String records() {
        return records;
    }

    /** The names of all, as errors list them. */
    public static List<String> labels() {
        return Arrays.stream(values()).map(ChatFormat::label).toList();
    }

    /**
     * A format by its name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static ChatFormat named(String label) {
        return Arrays.stream(values()).filter(format -> format.label().equals(label)).findFirst().orElseThrow(
                () -> new IllegalArgumentException("There is no chat format " + label + "; there are " + labels() + "."));
    }

    /** The format of a line, by its keys. */
    public static Optional<ChatFormat> of(JsonNode line) {
        return Arrays.stream(values()).filter(format -> format.looksLike.test(line)).findFirst();
    }

    /**
     * What a line of this format says.
     *
     * @throws IllegalArgumentException saying what is wrong with it
     */
    public ChatRecord read(JsonNode line) {
        if (!line.isObject()) throw new IllegalArgumentException("this is no JSON object");
        return reader.apply(line);
    }

    static IllegalArgumentException unknown(JsonNode line) {
        if (!line.isObject()) return new IllegalArgumentException("this is no JSON object");
        var keys = line.propertyStream().map(p -> p.getKey()).limit(8).collect(Collectors.joining(", "));
        return new IllegalArgumentException("this is none of the formats " + String.join(", ", labels()) + " (it has "
                + (keys.isEmpty() ? "no keys" : keys) + ")");
    }
}
