package dev.parley.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Requests that mean a server ill, each of which once kept others from being served. */
final class HostileRequests {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final int LARGEST = 16 << 20;

    private HostileRequests() {}

    /**
     * Some requests of one kind, sent together.
     *
     * @param body made when it is needed: some are large
     * @param clients that send it at once
     * @param held whether the last byte is never sent
     */
    record Attack(String name, String path, Supplier<byte[]> body, int clients, boolean held) {

        private static Attack of(String name, int clients, String path, Supplier<ObjectNode> body) {
            return new Attack(name, path, () -> body.get().toString().getBytes(StandardCharsets.UTF_8), clients, false);
        }
    }

    static List<Attack> all() {
        return List.of(
                Attack.of("a chat of 4,000 turns", 4, "/v1/chat/completions", () -> chat(4_000)),
                Attack.of("500,000 characters that become 18 each", 4, "/v1/moderations",
                        () -> JSON.objectNode().put("input", "\uFDFA".repeat(500_000))),
                Attack.of("40 texts to embed", 150, "/v1/embeddings", HostileRequests::embeddings),
                new Attack("5 million empty objects", "/v1/completions", HostileRequests::emptyObjects, 8, false),
                new Attack("16 MiB less a byte", "/v1/completions", HostileRequests::longText, 120, true),
                Attack.of("classes of 24,000 characters", 2, "/v1/completions", () -> completion().put("regex", classes())),
                Attack.of("two equal references, 22 levels deep", 2, "/v1/chat/completions", HostileRequests::doubledReferences),
                Attack.of("2,400 rules, each empty by the next", 2, "/v1/completions",
                        () -> completion().put("grammar", nullableRules(2_400))),
                Attack.of("60 alternatives that look alike", 2, "/v1/completions",
                        () -> completion().put("max_tokens", 100).put("regex", alike(60, 150))),
                Attack.of("an expression that repeats nothing", 4, "/v1/completions",
                        () -> completion().put("regex", "(?:(?:(?:){100000}){100000}){100000}a")),
                Attack.of("a grammar that repeats nothing", 4, "/v1/completions",
                        () -> completion().put("grammar", "root ::= (((\"\"{100000}){100000}){100000} \"a\")")));
    }

    private static ObjectNode completion() {
        return JSON.objectNode().put("prompt", "x").put("max_tokens", 1);
    }

    private static String nullableRules(int count) {
        var rules = new StringBuilder(
                "root ::= " + IntStream.range(0, 64).mapToObj(i -> "r" + i).collect(Collectors.joining(" | ")) + "\n");
        for (int i = 0; i < count; i++)
            rules.append("r").append(i).append(" ::= ").append(i + 1 < count ? "r" + (i + 1) : "\"\"").append("\n");
        return rules.toString();
    }

    private static ObjectNode doubledReferences() {
        var schema = JSON.objectNode();
        var levels = schema.putObject("$defs");
        for (int i = 0; i < 22; i++) {
            var both = levels.putObject("l" + i).putArray("allOf");
            for (int k = 0; k < 2; k++) both.addObject().put("$ref", "#/$defs/l" + (i + 1));
        }
        levels.putObject("l22").put("type", "string");
        schema.put("$ref", "#/$defs/l0");
        var request = chat(1).put("max_tokens", 1);
        request.putObject("response_format").put("type", "json_schema").putObject("json_schema").put("name", "x").set("schema", schema);
        return request;
    }

    private static String classes() {
        var characters = IntStream.range(0, 12_000).map(i -> 0x4E00 + 2 * i).filter(c -> c < 0x9FFF).mapToObj(Character::toString)
                .collect(Collectors.joining());
        return "[" + characters + "][" + characters + "]";
    }

    private static String alike(int count, int repeated) {
        var random = new Random(1);
        var alternatives = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            var letters = random.ints(13, 'a', 'z' + 1).mapToObj(Character::toString).collect(Collectors.joining());
            alternatives.add("[ -~]*" + letters + "[ -~]{60," + repeated + "}");
        }
        return String.join("|", alternatives);
    }

    private static ObjectNode chat(int turns) {
        var request = JSON.objectNode().put("max_tokens", 1);
        var messages = request.putArray("messages");
        for (int i = 0; i < turns; i++)
            messages.addObject().put("role", i % 2 == 0 ? "user" : "assistant").put("content", "honest words ".repeat(80));
        return request;
    }

    private static ObjectNode embeddings() {
        var request = JSON.objectNode();
        var texts = request.putArray("input");
        for (int i = 0; i < 40; i++) texts.add("words to be made a vector, number " + i + " ".repeat(1 + i) + "and more of them");
        return request;
    }

    private static byte[] longText() {
        return ("{\"prompt\":\"" + "x".repeat(LARGEST - 20) + "\"}").getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] emptyObjects() {
        return ("[" + "{},".repeat(LARGEST / 3 - 10) + "{}]").getBytes(StandardCharsets.US_ASCII);
    }
}
