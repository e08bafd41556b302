/**
 * What the server is doing, in numbers that Prometheus collects from {@code /metrics}. {@link dev.parley.serve.metrics.MetricsRoutes}
 * is where to start.
 *
 * <pre>{@code
 * curl -s localhost:8080/metrics | grep parley_time_to_first_token_seconds
 * }</pre>
 */
package dev.parley.serve.metrics;
