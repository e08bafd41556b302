/**
 * Who may ask the server, and how often: users with their sessions, keys with their limits.
 * {@link dev.parley.serve.accounts.Caller} is where to start.
 *
 * <pre>{@code
 * var caller = Caller.of(request);
 * var mine = conversations.of(caller.id());
 * }</pre>
 */
package dev.parley.serve.accounts;
