package dev.parley.serve.chat.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.assist.tools.Consent;
import dev.parley.assist.tools.McpToolSource;
import dev.parley.serve.chat.EchoMcpServer;
import dev.parley.serve.chat.history.AllowedTools;
import dev.parley.serve.chat.history.Conversations;
import dev.parley.serve.chat.history.Draft;
import dev.parley.serve.chat.tools.ConversationTools.Decision;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.store.Database;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ConversationToolsTest {

    @TempDir
    Path folder;

    private static boolean allows(Consent consent) {
        return consent.allows("echo", "echo", JsonNodeFactory.instance.objectNode());
    }

    @Test
    void whoSaysNothingInTimeHasDeniedIt() {
        try (var database = Database.sqlite(folder)) {
            var conversation = new Conversations(database).create("ada", Draft.EMPTY).id();
            var tools = new ConversationTools(ToolServers.NONE, new AllowedTools(database), Duration.ofMillis(50));
            var asked = new CompletableFuture<String>();
            assertFalse(allows(tools.consent("ada", conversation, "answer", asked::complete)));
            assertTrue(asked.isDone());
            assertThrows(ApiError.class, () -> tools.decide("ada", "answer", asked.join(), Decision.ONCE), "it is too late");
        }
    }

    @Test
    void onlyTheOwnerDecidesAndAlwaysIsOfOneConversationAndSurvives() {
        try (var database = Database.sqlite(folder)) {
            var conversations = new Conversations(database);
            var conversation = conversations.create("ada", Draft.EMPTY).id();
            var other = conversations.create("ada", Draft.EMPTY).id();
            var tools = new ConversationTools(ToolServers.NONE, new AllowedTools(database), Duration.ofSeconds(60));
            var consent = tools.consent("ada", conversation, "answer", call -> {
                assertThrows(ApiError.class, () -> tools.decide("bob", "answer", call, Decision.ONCE));
                assertThrows(ApiError.class, () -> tools.decide("ada", "another", call, Decision.ONCE));
                tools.decide("ada", "answer", call, Decision.CONVERSATION);
            });
            assertTrue(allows(consent));
            var later = new ConversationTools(ToolServers.NONE, new AllowedTools(database), Duration.ofMillis(1));
            assertTrue(allows(later.consent("ada", conversation, "answer", call -> {})));
            assertFalse(allows(later.consent("ada", other, "answer", call -> {})));
            assertEquals(List.of("echo/echo"), later.allowed("ada", conversation));
            assertThrows(ApiError.class, () -> later.allowed("bob", conversation));
        }
    }

    @Test
    void aServerThatNeverShakesHandsIsAskedInTheBackground() throws InterruptedException {
        var limits = new McpToolSource.Limits(Duration.ofSeconds(2), Duration.ofSeconds(1), 100, 10, Duration.ofSeconds(30));
        try (var servers = new ToolServers(List.of(new McpToolSource(EchoMcpServer.config("mute", "mute"), limits)), Set.of("mute/*"))) {
            assertTrue(servers.listings().getFirst().connecting());
            while (servers.listings().getFirst().connecting()) Thread.sleep(20);
            assertTrue(servers.listings().getFirst().problem().orElseThrow().contains("did not shake hands"), "it is told why");
            assertTrue(servers.allows("mute", "anything"));
            var begun = System.nanoTime();
            for (int i = 0; i < 20; i++) assertEquals(List.of(), servers.chosen(List.of("mute", "gone")).getFirst().tools());
            assertTrue(Duration.ofNanos(System.nanoTime() - begun).compareTo(Duration.ofSeconds(2)) < 0, "no turn waits for it again");
        }
    }
}
