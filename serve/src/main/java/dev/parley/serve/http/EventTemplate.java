package dev.parley.serve.http;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.function.Function;

/**
 * Events of one answer that differ in one text alone, such as the pieces of a stream: what stands around it is written once. A
 * stream has such an event for every token, and what it costs is taken from the model, which uses all processors.
 */
public final class EventTemplate {

    private final String before;
    private final String after;

    private EventTemplate(String before, String after) {
        this.before = before;
        this.after = after;
    }

    /** @param event makes the whole event around a text, which is in it once */
    public static EventTemplate of(Function<String, JsonNode> event) {
        var mark = UUID.randomUUID().toString(); // in nothing else of the event
        var whole = ServerSentEvents.event(event.apply(mark));
        var at = whole.indexOf(mark);
        return new EventTemplate(whole.substring(0, at), whole.substring(at + mark.length()));
    }

    /** The event with a text, in UTF-8. */
    public byte[] with(String text) {
        var event = new StringBuilder(before.length() + text.length() + 16 + after.length()).append(before);
        JsonStringEncoder.getInstance().quoteAsString(text, event);
        return event.append(after).toString().getBytes(StandardCharsets.UTF_8);
    }
}
