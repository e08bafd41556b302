/**
 * What every request passes before its route: whether it means this server ({@link dev.parley.serve.gate.Sites}), who sent it
 * ({@link dev.parley.serve.gate.Gate}, where to start), and what browsers are told to forbid
 * ({@link dev.parley.serve.gate.SecurityHeaders}).
 *
 * <pre>{@code
 * var gate = new Gate(settings, database, () -> stopping);
 * gate.addTo(routes);
 * routes.get("/v1/models", request -> list(Caller.of(request)));
 * }</pre>
 */
package dev.parley.serve.gate;
