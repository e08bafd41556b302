package dev.parley.serve.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Errors in the shape of OpenAI's API for requests that never reach a route: no valid HTTP, or too large. */
final class JettyErrors implements Request.Handler {

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        var cause = request.getAttribute(ErrorHandler.ERROR_EXCEPTION);
        var status = cause instanceof HttpException http ? http.getCode() : response.getStatus();
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        response.getHeaders().put("X-Content-Type-Options", "nosniff");
        // where the request ends is not known: who kept the connection would lose the next one
        response.getHeaders().put(HttpHeader.CONNECTION, "close");
        var body = json(status, String.valueOf(request.getAttribute(ErrorHandler.ERROR_MESSAGE))).toString()
                .getBytes(StandardCharsets.UTF_8);
        response.write(true, ByteBuffer.wrap(body), callback);
        return true;
    }

    private static JsonNode json(int status, String message) {
        return switch (status) {
            case 431 -> ErrorJson.of(ApiError.of(status, "headers_too_large", "The request's headers are too large or too many."));
            case 414 -> ErrorJson.of(ApiError.of(status, "address_too_long", "The request's URL is too long."));
            case 413 -> ErrorJson.of(ApiError.of(status, "too_large", "The request body is too large."));
            case 408 -> ErrorJson.of(ApiError.of(status, "too_slow", "The request arrived too slowly."));
            case 400 -> ErrorJson.of(ApiError.of(status, "bad_request", "The request is not valid HTTP: " + message + "."));
            default -> status >= 500 ? ErrorJson.of(ApiError.fault("The server could not answer: " + HttpStatus.getMessage(status) + "."))
                    : ErrorJson.of(ApiError.of(status, "refused", HttpStatus.getMessage(status) + "."));
        };
    }
}
