package dev.parley.serve.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Errors in the shape of OpenAI's API: {@code {"error": {"message", "type", "param", "code"}}}. */
public final class ErrorJson {

    private ErrorJson() {}

    /** What a client is told of a refusal. */
    public static ObjectNode of(ApiError refused) {
        return of(refused.getMessage(), refused.type(), refused.param().orElse(null), refused.code());
    }

    /** What a client is told where the fault is ours. */
    public static ObjectNode ofFault(String message) {
        return of(message, "server_error", null, "internal_error");
    }

    private static ObjectNode of(String message, String type, String param, String code) {
        var error = JsonNodeFactory.instance.objectNode().put("message", message).put("type", type).put("param", param).put("code", code);
        return JsonNodeFactory.instance.objectNode().set("error", error);
    }
}
