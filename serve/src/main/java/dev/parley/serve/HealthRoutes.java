package dev.parley.serve;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.serve.http.Routes;
import dev.parley.serve.models.ModelPool;
import dev.parley.serve.models.ServedModel;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Whether the server lives ({@code /health}: no engine has died, or is held up by one pass), and whether a request would be answered
 * at once ({@code /ready}: the default model is in memory, and the server is not being stopped).
 */
final class HealthRoutes implements Routes {

    /** What a pass never takes, on the slowest machine with the largest model that it can hold. */
    static final Duration LONGEST_PASS = Duration.ofSeconds(60);

    private final ModelPool models;
    private final BooleanSupplier stopping;
    private final Duration longestPass;

    HealthRoutes(ModelPool models, BooleanSupplier stopping, Duration longestPass) {
        this.models = models;
        this.stopping = stopping;
        this.longestPass = longestPass;
    }

    @Override
    public void addTo(RoutesConfig routes) {
        routes.get("/health", this::health);
        routes.get("/ready", this::ready);
    }

    private void health(Context request) {
        var ill = models.all().stream().flatMap(info -> info.model().stream()).flatMap(model -> illness(model).stream()).toList();
        answer(request, ill.isEmpty(), ill.isEmpty() ? "ok" : String.join("; ", ill));
    }

    private Optional<String> illness(ServedModel model) {
        if (!model.engine().isAlive()) return Optional.of("the engine of " + model.id() + " has failed; the next request loads it again");
        if (model.engine().turn().compareTo(longestPass) > 0)
            return Optional.of("the engine of " + model.id() + " has not produced a token for " + model.engine().turn().toSeconds() + " s");
        return Optional.empty();
    }

    private void ready(Context request) {
        var first = models.all().getFirst();
        var ready = !stopping.getAsBoolean() && first.state() == ModelPool.State.READY;
        answer(request, ready, ready ? "ok" : stopping.getAsBoolean() ? "stopping"
                : first.failure().orElse("the model " + first.source().id() + " is loading"));
    }

    private static void answer(Context request, boolean good, String status) {
        request.status(good ? 200 : 503).json(JsonNodeFactory.instance.objectNode().put("status", status));
    }
}
