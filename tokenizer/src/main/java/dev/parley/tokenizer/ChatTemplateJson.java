package dev.parley.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Optional;

/**
 * A chat template as tokenizer_config.json has it: one text, or a list of named ones, of which {@code default} and {@code tool_use} count.
 */
final class ChatTemplateJson {

    private ChatTemplateJson() {}

    /** Reads one. @param where the file, as errors name it */
    static ChatTemplate read(JsonNode json, String where) {
        if (json.isTextual()) return ChatTemplate.parse(json.textValue(), where);
        var byDefault = named(json, "default")
                .orElseThrow(() -> new TokenizerException(where + ": of the chat templates none is named default."));
        var parsed = ChatTemplate.parse(byDefault, where + ", chat template default");
        return named(json, "tool_use").map(t -> parsed.withToolUse(t, where + ", chat template tool_use")).orElse(parsed);
    }

    private static Optional<String> named(JsonNode list, String name) {
        for (var entry : list) {
            if (entry.path("name").asText().equals(name) && entry.path("template").isTextual())
                return Optional.of(entry.path("template").textValue());
        }
        return Optional.empty();
    }

    /** As {@link #read} reads it. */
    static JsonNode write(ChatTemplate template) {
        var factory = JsonNodeFactory.instance;
        if (template.toolUseSource().isEmpty()) return factory.textNode(template.source());
        var list = factory.arrayNode();
        list.addObject().put("name", "default").put("template", template.source());
        list.addObject().put("name", "tool_use").put("template", template.toolUseSource().get());
        return list;
    }
}
