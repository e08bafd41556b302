package dev.parley.serve.http;

import dev.parley.generate.engine.QueueFullException;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.function.Function;

/** What a client is told when a request cannot be answered: always JSON, in the shape of the API that it speaks. */
public final class ErrorHandlers implements Routes {

    private static final String RETRY_AFTER = "Retry-After";
    private static final String OURS = "Internal server error; see the server's log.";

    private final Consumer<String> note;
    private final Function<Context, ErrorForm> forms;

    /**
     * @param note takes what the operator should know: faults of ours, in lines
     * @param forms the shape of a request's errors
     */
    public ErrorHandlers(Consumer<String> note, Function<Context, ErrorForm> forms) {
        this.note = note;
        this.forms = forms;
    }

    @Override
    public void addTo(RoutesConfig routes) {
        routes.before(request -> forms.apply(request).keepWith(request));
        routes.exception(ApiError.class, this::refused);
        routes.exception(QueueFullException.class, (e, request) -> refused(ApiError.of(429, "queue_full", e.getMessage()), request));
        routes.exception(ClientGone.class, (e, request) -> {});
        routes.exception(HttpResponseException.class, (e, request) -> refused(ofJavalin(e, request), request));
        routes.exception(Exception.class, (e, request) -> fault(e, request, OURS));
    }

    private void refused(ApiError refused, Context request) {
        if (request.res().isCommitted()) return;
        if (refused.status() == 429 || refused.status() == 503) {
            if (request.res().getHeader(RETRY_AFTER) == null) request.header(RETRY_AFTER, "1");
        }
        var form = ErrorForm.of(request);
        request.status(form.status(refused)).json(form.json(refused));
    }

    private static ApiError ofJavalin(HttpResponseException e, Context request) {
        return switch (e.getStatus()) {
            case 404 -> ApiError.of(404, "not_found",
                    "There is nothing at " + request.method() + " " + shortened(request.path()) + "; see /openapi.json for all endpoints.");
            case 413 -> ApiError.of(413, "too_large", "The request body is too large.");
            default -> ApiError.of(e.getStatus(), "refused", e.getMessage());
        };
    }

    private static String shortened(String path) {
        return path.length() > 100 ? path.substring(0, 100) + "…" : path;
    }

    /**
     * Answers where the fault is ours, and notes it.
     *
     * @param told what the client is told of it
     */
    public void fault(Exception fault, Context request, String told) {
        tell(request.method() + " " + request.path(), fault);
        if (request.res().isCommitted()) return;
        request.status(500).json(ErrorForm.of(request).json(ApiError.fault(told)));
    }

    /** Answers where Java itself failed, by want of memory for one; the server goes on. */
    public void error(HttpServletResponse response, Error error) {
        tell("A request", error);
        if (response.isCommitted()) return;
        try {
            response.setStatus(500);
            response.setContentType("application/json");
            response.getOutputStream().write(ErrorJson.of(ApiError.fault(OURS)).toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // nobody reads
        }
    }

    private void tell(String what, Throwable fault) {
        note.accept(what + " failed: " + fault);
        for (var at : fault.getStackTrace()) {
            if (at.getClassName().startsWith("dev.parley.")) note.accept("    at " + at);
        }
    }
}
