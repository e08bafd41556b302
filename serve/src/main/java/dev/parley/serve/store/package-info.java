/**
 * What a server keeps: one database, in a file of SQLite or on a server of PostgreSQL, brought to its present shape by the
 * scripts under {@code db/migration}. {@link dev.parley.serve.store.Database} is where to start.
 *
 * <pre>{@code
 * try (var database = Database.sqlite(Path.of("my-data"))) {
 *     var names = database.call(t -> t.list("select name from users where disabled = ?", row -> row.getString(1), false));
 * }
 * }</pre>
 */
package dev.parley.serve.store;
