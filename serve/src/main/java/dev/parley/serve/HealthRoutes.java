package dev.parley.serve;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.serve.models.ModelPool;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.function.BooleanSupplier;

/**
 * Whether the server lives ({@code /health}: no engine has died), and whether a request would be answered at once
 * ({@code /ready}: the default model is in memory, and the server is not being stopped).
 */
final class HealthRoutes implements Routes {

    private final ModelPool models;
    private final BooleanSupplier stopping;

    HealthRoutes(ModelPool models, BooleanSupplier stopping) {
        this.models = models;
        this.stopping = stopping;
    }

    @Override
    public void addTo(RoutesConfig routes) {
        routes.get("/health", this::health);
        routes.get("/ready", this::ready);
    }

    private void health(Context request) {
        var dead = models.all().stream().flatMap(m -> m.model().stream()).filter(m -> !m.engine().isAlive()).map(m -> m.id()).toList();
        answer(request, dead.isEmpty(), dead.isEmpty() ? "ok" : "the engine of " + String.join(", ", dead) + " has ended by a fault");
    }

    private void ready(Context request) {
        var first = models.all().getFirst();
        var ready = !stopping.getAsBoolean() && first.state() == ModelPool.State.READY;
        answer(request, ready, ready ? "ok" : stopping.getAsBoolean() ? "stopping"
                : first.failure().orElse("the model " + first.source().id() + " is being loaded"));
    }

    private static void answer(Context request, boolean good, String status) {
        request.status(good ? 200 : 503).json(JsonNodeFactory.instance.objectNode().put("status", status));
    }
}
