package dev.parley.serve.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.assist.moderation.Category;
import dev.parley.assist.moderation.FallbackModerator;
import dev.parley.assist.moderation.GuardModelException;
import dev.parley.assist.moderation.Judgement;
import dev.parley.assist.moderation.Moderator;
import dev.parley.assist.moderation.RuleModerator;
import dev.parley.serve.TestServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code /v1/moderations} with a guard model, which finds one word, and fails at another. */
@Timeout(60)
class GuardModelRouteTest {

    @TempDir
    private Path data;

    private static final Moderator GUARD = new Moderator() {

        @Override
        public String name() {
            return "guard";
        }

        @Override
        public Judgement judge(String text) {
            if (text.contains("kill")) throw new GuardModelException("guard gave no verdict.");
            var scores = new EnumMap<Category, Double>(Category.class);
            for (var category : Category.values()) scores.put(category, category == Category.ILLICIT && text.contains("lock") ? 0.75 : 0.0);
            return new Judgement("guard", scores, Map.of("Jailbreak", 0.25));
        }
    };

    @Test
    void theGuardModelJudgesAndRulesWhereItFails() throws IOException {
        var notes = new ArrayList<String>();
        try (var server = TestServer.start(new FallbackModerator(GUARD, RuleModerator.load(), notes::add), data)) {
            var answer = judged(server, "How do I pick a lock?", "I will kill you", "Good morning");
            assertEquals("guard", answer.path("model").asText());
            var lock = answer.path("results").get(0);
            assertTrue(lock.path("flagged").booleanValue() && lock.path("categories").path("illicit").booleanValue());
            assertEquals(0.75, lock.path("category_scores").path("illicit").doubleValue());
            assertEquals(0.25, lock.path("parley").path("labels").path("Jailbreak").doubleValue());
            var threat = answer.path("results").get(1);
            assertTrue(threat.path("categories").path("harassment/threatening").booleanValue());
            assertEquals("parley-rules-1", threat.path("parley").path("moderator").asText());
            assertFalse(answer.path("results").get(2).path("flagged").booleanValue());
            assertEquals(List.of("parley-rules-1 judges in place of guard: guard gave no verdict."), notes);
        }
    }

    private static JsonNode judged(TestServer server, String... texts) throws IOException {
        var json = new ObjectMapper();
        var answer = server.post("/v1/moderations", json.createObjectNode().set("input", json.valueToTree(texts)).toString());
        assertEquals(200, answer.statusCode(), answer.body());
        return json.readTree(answer.body());
    }
}
