package dev.parley.serve.metrics;

import dev.parley.serve.http.Routes;
import dev.parley.serve.models.ModelPool;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.concurrent.TimeUnit;

/** {@code /metrics}: requests by route and status, the engines' counts, and the JVM's. */
public final class MetricsRoutes implements Routes, AutoCloseable {

    private static final String BEGAN = MetricsRoutes.class.getName();

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collections = new JvmGcMetrics();

    /** The route of {@code /metrics}, with what the engines of these models count. */
    public MetricsRoutes(ModelPool models) {
        registry.getPrometheusRegistry().register(new EngineMetrics(models));
    }

    /** Begins to watch Java itself, which takes a moment that a server's start need not wait for. */
    public void watchJava() {
        new JvmMemoryMetrics().bindTo(registry);
        collections.bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    @Override
    public void addTo(RoutesConfig routes) {
        routes.before(request -> request.attribute(BEGAN, System.nanoTime()));
        routes.after(this::count);
        routes.get("/metrics", request -> request.contentType("text/plain; version=0.0.4; charset=utf-8").result(registry.scrape()));
    }

    private void count(Context request) {
        Long began = request.attribute(BEGAN);
        if (began == null) return;
        // By the route, not the path: whoever asks for many paths must not fill the memory.
        var matched = request.endpoints().matchedHttpEndpoint();
        Timer.builder("parley_http_requests").description("Time from a request's headers to the end of its response.")
                .tag("route", matched == null ? "none" : matched.path).tag("method", matched == null ? "other" : request.method().name())
                .tag("status", String.valueOf(request.statusCode()))
                .register(registry).record(System.nanoTime() - began, TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        collections.close();
        registry.close();
    }
}
