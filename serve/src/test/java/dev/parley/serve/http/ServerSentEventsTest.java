package dev.parley.serve.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerSentEventsTest {

    private static JsonNode event(String text) {
        var event = JsonNodeFactory.instance.objectNode().put("id", "chatcmpl-1").put("model", "a \"model\"");
        event.putArray("choices").addObject().put("index", 0).putObject("delta").put("content", text);
        return event.putNull("usage");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " plain", "\"quoted\" \\ \n\r\t\b\f\u0000\u001f\u007f", "grün 你好 🌱 \u2028", "</script>", "text-", "\ud83c"})
    void anEventIsTheSameAsOneThatIsWrittenWhole(String text) {
        var template = ServerSentEvents.Template.of(ServerSentEventsTest::event);
        assertEquals(new String(ServerSentEvents.event(event(text)).getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8),
                new String(template.with(text), StandardCharsets.UTF_8));
    }
}
