package dev.parley.serve.chat.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.store.Database;
import dev.parley.serve.store.Databases;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@Execution(ExecutionMode.CONCURRENT)
class ImportTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private static JsonNode export(Database database, String owner) throws IOException {
        var conversations = new Conversations(database);
        var out = new ByteArrayOutputStream();
        new Export(conversations, new Messages(database)).write(owner, conversations.ids(owner), out);
        return JSON.readTree(out.toByteArray());
    }

    /** The document with identifiers by the order in which they come. */
    private static String withoutIds(JsonNode document) {
        var numbers = new HashMap<String, String>();
        var text = document.toString();
        for (var conversation : document.path("conversations")) {
            numbers.put(conversation.path("id").asText(), "c" + numbers.size());
            for (var message : conversation.path("messages")) numbers.put(message.path("id").asText(), "m" + numbers.size());
        }
        for (var id : numbers.entrySet()) text = text.replace("\"" + id.getKey() + "\"", "\"" + id.getValue() + "\"");
        return text;
    }

    private static void makeSome(Database database) {
        var conversations = new Conversations(database);
        var messages = new Messages(database);
        var settings = JsonNodeFactory.instance.objectNode().put("temperature", 0.5);
        var id = conversations.create("ada", new Draft(Optional.of("Dogs \"and\" 猫"), Optional.of(true), Optional.of("tiny"),
                Optional.of("Be brief."), Optional.of(settings), Optional.empty())).id();
        var question = messages.add("ada", id, Optional.empty(), Role.USER, "Is a dog an animal?\n");
        for (var status : List.of(Status.DONE, Status.CANCELLED, Status.FAILED, Status.INTERRUPTED)) {
            var answer = new ChatMessage("answer-" + status, id, Optional.of(question.id()), Role.ASSISTANT, "", 5, Status.RUNNING,
                    Optional.of(Answer.begun("tiny", "Be long.", settings)), 0, "");
            messages.begin("ada", answer, "server");
            messages.end("server",
                    answer.with("Yes 🌱 " + status, status,
                            answer.answer().orElseThrow().ended(status == Status.DONE ? Optional.of("stop") : Optional.empty(),
                                    status == Status.FAILED ? Optional.empty() : Optional.of(new Answer.Usage(9, 3, 1.25, 0.5, 4)),
                                    status == Status.FAILED ? Optional.of("The memory did not do.") : Optional.empty())),
                    0, StoredTokens.NONE);
        }
        new Ratings(database).rate("ada", "answer-DONE", -1, "not at all");
        messages.add("ada", id, Optional.of("answer-DONE"), Role.ASSISTANT, "by hand");
        conversations.create("ada", Draft.EMPTY);
    }

    @ParameterizedTest
    @EnumSource
    void whatIsExportedAndImportedIsTheSameButForIdentifiers(Databases kind) throws IOException {
        try (var database = kind.open(folder)) {
            makeSome(database);
            var first = export(database, "ada");
            var added = new Import(database).add("bob", first);
            assertEquals(2, added.size());
            var second = export(database, "bob");
            assertEquals(withoutIds(first), withoutIds(second));
            assertFalse(second.toString().contains("answer-DONE"), "identifiers are new");
            assertEquals(first, export(database, "ada"), "the owner of the first sees no change");
            assertEquals(1, new Conversations(database).list("bob", "猫", Optional.empty(), 9).conversations().size());
            assertEquals(1, database.call(t -> t.list("select prompt from ratings where owner = 'bob'", row -> row.getString(1))).stream()
                    .filter(p -> p.contains("Be long.") && p.contains("Is a dog")).count(), "the rating has its prompt");
        }
    }

    private static final String START = "{\"format\":\"parley-conversations\",\"version\":1,\"conversations\":[{\"messages\":[";

    private static String message(String id, String parent, String more) {
        return "{\"id\":\"" + id + "\",\"parent\":" + (parent == null ? "null" : "\"" + parent + "\"") + ",\"role\":\"user\",\"text\":\"x\""
                + more + "}";
    }

    static Map<String, String> hostile() {
        var all = new HashMap<String, String>();
        all.put("no document", "[]");
        all.put("no format", "{}");
        all.put("another format", "{\"format\":\"other\",\"version\":1,\"conversations\":[]}");
        all.put("another version", "{\"format\":\"parley-conversations\",\"version\":2,\"conversations\":[]}");
        all.put("no conversations", "{\"format\":\"parley-conversations\",\"version\":1}");
        all.put("a number for a conversation", "{\"format\":\"parley-conversations\",\"version\":1,\"conversations\":[7]}");
        all.put("no messages", "{\"format\":\"parley-conversations\",\"version\":1,\"conversations\":[{}]}");
        all.put("two of one id", START + message("a", null, "") + "," + message("a", null, "") + "]}]}");
        all.put("a parent that is not there", START + message("a", "b", "") + "]}]}");
        all.put("its own parent", START + message("a", "a", "") + "]}]}");
        all.put("a circle", START + message("r", null, "") + "," + message("a", "c", "") + "," + message("b", "a", "") + ","
                + message("c", "b", "") + "]}]}");
        all.put("an unknown role", START + message("a", null, "").replace("user", "system") + "]}]}");
        all.put("no role", START + "{\"id\":\"a\",\"text\":\"x\"}]}]}");
        all.put("no text", START + "{\"id\":\"a\",\"role\":\"user\"}]}]}");
        all.put("a number for a text", START + "{\"id\":\"a\",\"role\":\"user\",\"text\":1}]}]}");
        all.put("an empty id", START + message("", null, "") + "]}]}");
        all.put("a long id", START + message("a".repeat(300), null, "") + "]}]}");
        all.put("an unknown status", START + message("a", null, ",\"status\":\"odd\"") + "]}]}");
        all.put("a user that failed", START + message("a", null, ",\"status\":\"failed\"") + "]}]}");
        all.put("a rated question", START + message("a", null, ",\"rating\":1") + "]}]}");
        all.put("a rating of 2", START + message("a", null, ",\"rating\":2") + "]}]}");
        all.put("a time before 1970", START + message("a", null, ",\"created\":-1") + "]}]}");
        all.put("a time that is no whole number", START + message("a", null, ",\"created\":1.5") + "]}]}");
        all.put("a very large time", START + message("a", null, ",\"created\":1e300") + "]}]}");
        all.put("a current that is not there", START + message("a", null, "") + "],\"current\":\"b\"}]}");
        all.put("settings of a list", START + "],\"settings\":[]}]}");
        all.put("long settings", START + "],\"settings\":{\"a\":\"" + "x".repeat(30_000) + "\"}}]}");
        all.put("a long title", START + "],\"title\":\"" + "x".repeat(300) + "\"}]}");
        all.put("pinned by a word", START + "],\"pinned\":\"yes\"}]}");
        all.put("an unknown reason of the end",
                START + message("a", null, ",\"model\":\"m\",\"finish_reason\":\"odd\"").replace("user", "assistant") + "]}]}");
        all.put("usage of words", START
                + message("a", null, ",\"model\":\"m\",\"usage\":{\"prompt_tokens\":\"many\"}").replace("user", "assistant") + "]}]}");
        return all;
    }

    static Stream<String> names() {
        return hostile().keySet().stream().sorted();
    }

    @ParameterizedTest
    @MethodSource("names")
    void whatCannotBeIsRefusedWithASentenceAndLeavesNothing(String name) throws IOException {
        try (var database = Database.sqlite(folder)) {
            var document = JSON.readTree(hostile().get(name));
            var refused = assertThrows(ApiError.class, () -> new Import(database).add("ada", document));
            assertEquals(400, refused.status());
            assertTrue(refused.getMessage().matches("(?s).{10,400}\\."), refused.getMessage());
            assertEquals(List.of(), new Conversations(database).ids("ada"));
        }
    }

    @Test
    void ratingsWhosePromptsWouldFillTheDiskAreRefused() throws IOException {
        try (var database = Database.sqlite(folder)) {
            var document = JSON.createObjectNode().put("format", "parley-conversations").put("version", 1);
            var messages = document.putArray("conversations").addObject().putArray("messages");
            for (int i = 0; i < 2_000; i++) { // 4 MB that would become 4 GB
                messages.addObject().put("id", "m" + i).put("parent", i == 0 ? null : "m" + (i - 1)).put("role", "assistant")
                        .put("text", "x".repeat(2_000)).put("rating", 1);
            }
            assertEquals(400, assertThrows(ApiError.class, () -> new Import(database).add("ada", document)).status());
        }
    }

    @Test
    void aChainOfThousandsIsTakenIn() {
        try (var database = Database.sqlite(folder)) {
            var document = JSON.createObjectNode().put("format", "parley-conversations").put("version", 1);
            var messages = document.putArray("conversations").addObject().putArray("messages");
            for (int i = 9_999; i >= 0; i--)
                messages.addObject().put("id", "m" + i).put("parent", i == 0 ? null : "m" + (i - 1)).put("role", "user").put("text", "x");
            var id = new Import(database).add("ada", document).getFirst().id();
            var all = new Messages(database).all("ada", id);
            assertEquals(10_000, new Messages(database).path("ada", all.getFirst().id()).size());
            assertEquals(400,
                    assertThrows(ApiError.class, () -> new Messages(database).add("ada", id, Optional.empty(), Role.USER, "one more"))
                            .status());
        }
    }

    /** Whatever is changed in a document, it is either taken in, and can then be exported and taken in again, or refused by 400. */
    @Test
    void aDocumentThatIsChangedAnywhereIsTakenInOrRefused() throws IOException {
        try (var database = Database.sqlite(folder)) {
            makeSome(database);
            var whole = export(database, "ada");
            var random = new Random(4);
            var taken = 0;
            for (int i = 0; i < 600; i++) {
                var changed = changed(whole, random);
                try {
                    new Import(database).add("fuzz" + i, changed);
                    new Import(database).add("again" + i, export(database, "fuzz" + i));
                    taken++;
                } catch (ApiError e) {
                    assertEquals(400, e.status(), changed.toString());
                }
            }
            assertTrue(taken > 50 && taken < 550, taken + " of 600 were taken in");
        }
    }

    private static JsonNode changed(JsonNode document, Random random) {
        var copy = document.deepCopy();
        for (int i = 0; i <= random.nextInt(2); i++) change(copy, random);
        return copy;
    }

    private static void change(JsonNode node, Random random) {
        var within = node.size() > 0 && random.nextInt(12) > 0 ? node : null;
        switch (node) {
            case ObjectNode object when !object.isEmpty() -> {
                var names = object.properties().stream().map(Map.Entry::getKey).toList();
                var name = names.get(random.nextInt(names.size()));
                if (within != null && object.get(name).isContainerNode()) change(object.get(name), random);
                else object.set(name, other(random));
            }
            case ArrayNode array when !array.isEmpty() -> {
                var at = random.nextInt(array.size());
                if (within != null && array.get(at).isContainerNode()) change(array.get(at), random);
                else if (random.nextBoolean()) array.add(array.get(at).deepCopy());
                else array.set(at, other(random));
            }
            default -> {
                // nothing in it to change
            }
        }
    }

    private static JsonNode other(Random random) {
        var f = JsonNodeFactory.instance;
        return switch (random.nextInt(9)) {
            case 0 -> f.nullNode();
            case 1 -> f.numberNode(random.nextLong());
            case 2 -> f.numberNode(-1.5e300);
            case 3 -> f.textNode("");
            case 4 -> f.textNode("\u0000\uD800'; drop table messages; --");
            case 5 -> f.arrayNode().add(1);
            case 6 -> f.objectNode().put("a", 1);
            case 7 -> f.booleanNode(true);
            default -> f.textNode("assistant");
        };
    }
}
