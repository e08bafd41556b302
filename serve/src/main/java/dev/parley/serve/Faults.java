package dev.parley.serve;

import dev.parley.generate.engine.QueueFullException;
import dev.parley.serve.answer.ErrorJson;
import dev.parley.serve.answer.Refused;
import dev.parley.serve.openai.ClientGone;
import dev.parley.serve.store.StoreException;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** What a client is told when a request cannot be answered: always JSON in the shape of OpenAI's API. */
final class Faults implements Routes {

    private static final String RETRY_AFTER = "Retry-After";
    private static final String OURS = "The server made a mistake; its log tells more.";

    private final Consumer<String> note;

    /** @param note takes what the operator should know: faults of ours, in lines */
    Faults(Consumer<String> note) {
        this.note = note;
    }

    @Override
    public void addTo(RoutesConfig routes) {
        routes.exception(Refused.class, this::refused);
        routes.exception(QueueFullException.class, (e, request) -> refused(Refused.of(429, "queue_full", e.getMessage()), request));
        routes.exception(ClientGone.class, (e, request) -> {});
        routes.exception(HttpResponseException.class, (e, request) -> refused(ofJavalin(e, request), request));
        routes.exception(Exception.class, this::fault);
    }

    private void refused(Refused refused, Context request) {
        if (request.res().isCommitted()) return;
        if (refused.status() == 429 || refused.status() == 503) {
            if (request.res().getHeader(RETRY_AFTER) == null) request.header(RETRY_AFTER, "1");
        }
        request.status(refused.status()).json(ErrorJson.of(refused));
    }

    private static Refused ofJavalin(HttpResponseException e, Context request) {
        return switch (e.getStatus()) {
            case 404 -> Refused.of(404, "not_found", "There is nothing at " + request.method() + " " + shortened(request.path()) + "; /openapi.json lists what is served.");
            case 413 -> Refused.of(413, "too_large", "The body is larger than this server takes.");
            default -> Refused.of(e.getStatus(), "refused", e.getMessage());
        };
    }

    private static String shortened(String path) {
        return path.length() > 100 ? path.substring(0, 100) + "…" : path;
    }

    private void fault(Exception fault, Context request) {
        tell(request.method() + " " + request.path(), fault);
        if (request.res().isCommitted()) return;
        var message = fault instanceof StoreException ? "The server's database does not answer as it should." : OURS;
        request.status(500).json(ErrorJson.ofFault(message));
    }

    /** Answers where Java itself failed, by want of memory for one; the server goes on. */
    void error(HttpServletResponse response, Error error) {
        tell("A request", error);
        if (response.isCommitted()) return;
        try {
            response.setStatus(500);
            response.setContentType("application/json");
            response.getOutputStream().write(ErrorJson.ofFault(OURS).toString().getBytes(StandardCharsets.UTF_8));
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
