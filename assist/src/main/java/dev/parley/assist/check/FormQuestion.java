package dev.parley.assist.check;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.assist.AssistantException;
import java.io.IOException;
import java.lang.Character.UnicodeScript;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;

/**
 * A request for one of an assistant's forms, and what the answer must be like: a line of {@code test/forms.jsonl}.
 *
 * @param form its name
 * @param expect for JSON: fields, each with its value or a list of values that will do; an empty object asks for JSON alone. For verse:
 *     {@code lines}, and {@code characters} of each line
 * @param verse whether the second is meant
 */
public record FormQuestion(String language, String form, String question, JsonNode expect, boolean verse) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> KEYS = Set.of("language", "form", "question", "expect", "verse");

    /**
     * Reads a file with a JSON object in each line; none if there is no such file.
     *
     * @throws AssistantException if a line is wrong
     */
    public static List<FormQuestion> read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) return List.of();
        var questions = new ArrayList<FormQuestion>();
        var number = 0;
        for (var line : Files.readAllLines(file)) {
            number++;
            if (!line.isBlank()) questions.add(parse(line, file + ", line " + number + ": "));
        }
        return List.copyOf(questions);
    }

    private static FormQuestion parse(String line, String where) {
        try {
            var json = JSON.readTree(line);
            for (var key : List.of("language", "form", "question")) {
                if (!json.path(key).isTextual()) throw new AssistantException(where + key + " is no text.");
            }
            json.fieldNames().forEachRemaining(key -> {
                if (!KEYS.contains(key)) throw new AssistantException(where + "there is no key " + key + ".");
            });
            var verse = json.path("verse").isObject();
            return new FormQuestion(json.get("language").textValue(), json.get("form").textValue(), json.get("question").textValue(),
                    json.path(verse ? "verse" : "expect"), verse);
        } catch (JsonProcessingException e) {
            throw new AssistantException(where + "this is no JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** Whether an answer has the form: a JSON object with the expected fields, or lines of the expected number and length. */
    boolean isKept(String answer) {
        return verse ? isVerse(answer) : object(answer).filter(json -> keys().stream().allMatch(json::has)).isPresent();
    }

    /** Whether an answer in JSON says what is expected; true where nothing is. */
    boolean isAsExpected(String answer) {
        return object(answer).filter(json -> keys().stream().allMatch(key -> isOneOf(json.path(key), expect.get(key)))).isPresent();
    }

    private List<String> keys() {
        var keys = new ArrayList<String>();
        expect.fieldNames().forEachRemaining(keys::add);
        return keys;
    }

    private static boolean isOneOf(JsonNode value, JsonNode expected) {
        if (!expected.isArray()) return value.equals(expected);
        return StreamSupport.stream(expected.spliterator(), false).anyMatch(value::equals);
    }

    /** The object that a text is, if it is one. */
    private static Optional<JsonNode> object(String text) {
        try {
            return Optional.ofNullable(JSON.readTree(text)).filter(JsonNode::isObject);
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private boolean isVerse(String answer) {
        var lines = answer.strip().lines().filter(line -> !line.isBlank()).toList();
        var characters = expect.path("characters").asInt(0);
        return lines.size() == expect.path("lines").asInt() && (characters == 0 || lines.stream().allMatch(line -> line.codePoints()
                .filter(c -> UnicodeScript.of(c) == UnicodeScript.HAN).count() == characters));
    }
}
