package dev.parley.serve.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Errors in the shape of OpenAI's API: {@code {"error": {"message", "type", "param", "code"}}}. */
public final class ErrorJson {

    private ErrorJson() {}

    /** What a client is told of an error. */
    public static ObjectNode of(ApiError error) {
        var json = JsonNodeFactory.instance.objectNode().put("message", error.getMessage()).put("type", error.type())
                .put("param", error.param().orElse(null)).put("code", error.code());
        return JsonNodeFactory.instance.objectNode().set("error", json);
    }
}
