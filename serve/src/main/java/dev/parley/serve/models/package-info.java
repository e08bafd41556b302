/**
 * The models that a server has: which are in memory, which are loaded when somebody asks for them, and which have to leave for that.
 * {@link dev.parley.serve.models.ModelPool} is where to start; {@code ModelLoader} loads them and makes room, {@code ModelPlaces} holds
 * what is known of each.
 *
 * <pre>{@code
 * try (var lease = pool.lease(Optional.of("my-model"))) {
 *     var ticket = lease.model().submit(request, listener);
 * }
 * }</pre>
 */
package dev.parley.serve.models;
