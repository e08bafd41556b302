package dev.parley.serve.anthropic;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SentEventsTest {

    @Test
    void aLongPromptKeepsTheConnectionAliveAndAShortOneBeginsWithItsFirstToken() {
        var sent = new ArrayList<String>();
        var now = new AtomicLong();
        var events = new SentEvents(event -> sent.add(event.path("type").asText()), MessageJson.event("message_start"), now::get);
        events.onWait();
        assertEquals(List.of(), sent, "what is refused now is still an answer with its status");
        wait(events, now, 4);
        assertEquals(List.of(), sent);
        wait(events, now, 2);
        assertEquals(List.of("message_start", "ping"), sent);
        wait(events, now, 4);
        events.tell(MessageJson.event("content_block_start"));
        wait(events, now, 4);
        assertEquals(List.of("message_start", "ping", "content_block_start"), sent);
        wait(events, now, 1);
        assertEquals(List.of("message_start", "ping", "content_block_start", "ping"), sent);
    }

    private static void wait(SentEvents events, AtomicLong now, int seconds) {
        now.addAndGet(Duration.ofSeconds(seconds).toNanos());
        events.onWait();
    }
}
