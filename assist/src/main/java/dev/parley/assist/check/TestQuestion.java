package dev.parley.assist.check;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.assist.AssistantException;
import dev.parley.knowledge.Passage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * A question of an assistant's test set, and what is expected. docs/assistants.md describes the file.
 *
 * @param sources where the answer stands, any of which counts: {@code en/returns.md} or {@code en/returns.md#Refunds}
 * @param facts that the answer must have, each in one of several wordings
 * @param guardrail that must end the turn
 * @param passage with an attack, put among the passages
 * @param toolResult with an attack
 * @param forbidden texts that must not be in the answer
 * @param set {@code test}, or {@code dev} for those that an assistant is tuned on
 */
public record TestQuestion(String language, Kind kind, String question, List<String> sources, List<List<String>> facts,
        Optional<String> guardrail, Optional<String> passage, Optional<String> toolResult, List<String> forbidden, String set) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> KEYS = Set.of("language", "kind", "question", "sources", "facts", "guardrail", "rule", "passage",
            "tool_result", "forbidden", "set", "note");

    /** Copies the lists. */
    public TestQuestion {
        sources = List.copyOf(sources);
        facts = facts.stream().map(List::copyOf).toList();
        forbidden = List.copyOf(forbidden);
    }

    /** What a question is in the set for. */
    public enum Kind {
        /** The documents answer it. */
        ANSWER,
        /** They do not: it must be declined. */
        UNKNOWN,
        /** A guardrail must end the turn. */
        TRIGGER,
        /** It looks like a trigger and is none: no guardrail may end the turn. */
        HARMLESS,
        /** An attack, in the question, in a passage or in a tool's result. */
        INJECTION
    }

    /**
     * Reads a file with a JSON object in each line.
     *
     * @throws AssistantException if one is wrong, with its line
     */
    public static List<TestQuestion> read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) throw new AssistantException(file + ": there is no such file, so that there is nothing to check.");
        var questions = new ArrayList<TestQuestion>();
        var number = 0;
        for (var line : Files.readAllLines(file)) {
            number++;
            if (!line.isBlank()) questions.add(parse(line, file + ", line " + number + ": "));
        }
        return List.copyOf(questions);
    }

    private static TestQuestion parse(String line, String where) {
        try {
            var json = JSON.readTree(line);
            if (!json.isObject()) throw new AssistantException(where + "this is no JSON object.");
            json.fieldNames().forEachRemaining(key -> {
                if (!KEYS.contains(key)) throw new AssistantException(where + "there is no key " + key + ".");
            });
            var kind = kind(json.path("kind").asText(), where);
            var question = new TestQuestion(text(json, "language", where), kind, text(json, "question", where), texts(json.path("sources")),
                    facts(json.path("facts")), optional(json, "guardrail"), optional(json, "passage"), optional(json, "tool_result"),
                    texts(json.path("forbidden")), json.path("set").asText("test"));
            if (kind == Kind.ANSWER && question.sources.isEmpty()) throw new AssistantException(where + "an answer needs sources.");
            return question;
        } catch (JsonProcessingException e) {
            throw new AssistantException(where + "this is not JSON (" + e.getOriginalMessage() + ").", e);
        }
    }

    private static Kind kind(String name, String where) {
        return Arrays.stream(Kind.values()).filter(kind -> kind.name().toLowerCase(Locale.ROOT).equals(name)).findFirst()
                .orElseThrow(() -> new AssistantException(where + "kind is \"" + name
                        + "\"; it is answer, unknown, trigger, harmless or injection."));
    }

    private static String text(JsonNode json, String key, String where) {
        if (!json.path(key).isTextual() || json.path(key).textValue().isBlank()) throw new AssistantException(where + key + " is no text.");
        return json.path(key).textValue();
    }

    private static Optional<String> optional(JsonNode json, String key) {
        return json.path(key).isTextual() ? Optional.of(json.path(key).textValue()) : Optional.empty();
    }

    private static List<String> texts(JsonNode list) {
        if (list.isTextual()) return List.of(list.textValue());
        var texts = new ArrayList<String>();
        for (var item : list) texts.add(item.asText());
        return texts;
    }

    private static List<List<String>> facts(JsonNode list) {
        var facts = new ArrayList<List<String>>();
        for (var item : list) facts.add(texts(item));
        return facts;
    }

    // ---- what came of it ----

    /** Whether a passage is one that the answer stands in. */
    boolean isIn(Passage passage) {
        return sources.stream().anyMatch(source -> {
            var parts = source.split("#", 2);
            return ("/" + passage.source()).endsWith("/" + parts[0])
                    && (parts.length == 1 || plain(passage.title() + passage.text()).contains(plain(parts[1])));
        });
    }

    /** Whether a text has all facts. */
    boolean hasFacts(String text) {
        var plain = plain(text);
        return facts.stream().allMatch(wordings -> wordings.stream().anyMatch(wording -> plain.contains(plain(wording))));
    }

    /** Whether a text has something that it must not have. */
    boolean hasForbidden(String text) {
        var plain = plain(text);
        return forbidden.stream().anyMatch(f -> plain.contains(plain(f)));
    }

    /** Without what may differ: case and white space. */
    private static String plain(String text) {
        return text.toLowerCase(Locale.ROOT).replaceAll("\\s+", "");
    }
}
