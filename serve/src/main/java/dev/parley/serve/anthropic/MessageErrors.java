package dev.parley.serve.anthropic;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.answering.Ids;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.ErrorForm;
import io.javalin.http.Context;

/**
 * Errors in the shape of Anthropic's API, with its statuses: {@code {"type": "error", "error": {"type", "message"}, "request_id"}}.
 *
 * @param requestId of the request, which the header {@code request-id} of its answer has too
 */
public record MessageErrors(String requestId) implements ErrorForm {

    private static final int OVERLOADED = 529;

    /** Whether a request speaks Anthropic's API. */
    public static boolean areFor(Context request) {
        var path = request.path();
        return path.equals("/v1/messages") || path.startsWith("/v1/messages/")
                || path.startsWith("/v1/models") && ModelJson.isAnthropics(request);
    }

    /** The form of one request, whose answer gets an identifier. */
    public static MessageErrors begin(Context request) {
        var id = Ids.of("req_");
        request.header("request-id", id);
        return new MessageErrors(id);
    }

    @Override
    public int status(ApiError error) {
        return isOverload(error) ? OVERLOADED : error.status();
    }

    @Override
    public ObjectNode json(ApiError error) {
        var json = JsonNodeFactory.instance.objectNode().put("type", "error");
        json.putObject("error").put("type", type(error)).put("message", message(error));
        return json.put("request_id", requestId);
    }

    /** No fault of the request, which may be sent again. */
    private static boolean isOverload(ApiError error) {
        return error.status() == 503 || error.code().equals("queue_full");
    }

    private static String type(ApiError error) {
        if (isOverload(error)) return "overloaded_error";
        return switch (error.status()) {
            case 401 -> "authentication_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 413 -> "request_too_large";
            case 429 -> "rate_limit_error";
            default -> error.status() < 500 ? "invalid_request_error" : "api_error";
        };
    }

    /** Clients shorten the conversation where an error begins with these words. */
    private static String message(ApiError error) {
        return error.code().equals("context_length_exceeded") ? "prompt is too long: " + error.getMessage() : error.getMessage();
    }
}
