package dev.parley.serve.ollama;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.hub.HubException;
import dev.parley.hub.HubListener;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.ClientGone;
import dev.parley.serve.http.ClientPresence;
import dev.parley.serve.http.JsonBody;
import dev.parley.serve.http.JsonFields;
import dev.parley.serve.http.JsonLines;
import dev.parley.serve.http.RequestNotes;
import dev.parley.serve.http.Routes;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.Consumer;

/** {@code POST /api/pull}: a model of the hub comes onto this machine and is served, with a line for each step on the way. */
record PullRoute(NamedModels named) implements Routes {

    private static final int SHOWN_DIGITS = 12;

    @Override
    public void addTo(RoutesConfig routes) {
        routes.post("/api/pull", this::pull);
    }

    private void pull(Context request) {
        var fields = JsonFields.of(JsonBody.read(request));
        var name = NamedModels.plain(NamedModels.read(fields));
        var stream = Asked.stream(fields);
        fields.ignore("insecure", "username", "password");
        RequestNotes.of(request).model(name);
        JsonBody.warnOfUnknown(request, fields);
        var client = ClientPresence.of(request);
        if (stream) {
            JsonLines.answer(request, lines -> fetch(name, client, lines::send));
        } else {
            fetch(name, client, line -> {});
            JsonBody.write(request, status("success"));
        }
    }

    /** A model that is served already needs no network. */
    private void fetch(String name, ClientPresence client, Consumer<ObjectNode> lines) {
        if (!named.isServed(name)) {
            var digest = digest(name);
            if (named.models().fetches()) lines.accept(status("pulling manifest"));
            try {
                named.models().fetch(name, new HubListener() {
                    @Override
                    public void at(long done, long total) {
                        if (!client.isThere()) throw new ClientGone();
                        lines.accept(status("pulling " + digest.substring(0, SHOWN_DIGITS)).put("digest", "sha256:" + digest)
                                .put("total", total).put("completed", done));
                    }
                });
            } catch (HubException e) {
                throw refused(e);
            }
            lines.accept(status("verifying sha256 digest")); // which the hub's files had to pass one by one
            lines.accept(status("writing manifest"));
        }
        lines.accept(status("success"));
    }

    private static ObjectNode status(String status) {
        return JsonNodeFactory.instance.objectNode().put("status", status);
    }

    /** By which clients tell bars of progress apart: all files of a model share one here. */
    private static String digest(String name) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ApiError refused(HubException e) {
        var status = switch (e.reason()) {
            case NO_NAME -> 400;
            case NO_MODEL, NO_REVISION, NO_FILE -> 404;
            case ACCESS -> 403;
            case BUSY -> 409;
            default -> 502;
        };
        return ApiError.of(status, "pull_failed", e.getMessage());
    }
}
