package dev.parley.serve.store;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;

/**
 * The databases that a test of what is kept runs on: a new one each time, of SQLite in a folder or of a real PostgreSQL
 * that is started once for all tests.
 *
 * <pre>{@code
 * @ParameterizedTest
 * @EnumSource
 * void aNameIsKept(Databases kind, @TempDir Path folder) {
 *     try (var database = kind.open(folder)) {…}
 * }
 * }</pre>
 */
public enum Databases {

    SQLITE {
        @Override
        public Database open(Path folder) {
            return Database.sqlite(folder);
        }
    },

    POSTGRESQL {
        @Override
        public Database open(Path folder) {
            return Database.postgresql(url(folder));
        }
    };

    /** A database of this kind; the same one again for the same folder. */
    public abstract Database open(Path folder);

    /** A database of SQLite whose transactions wait for another program's for a moment only. */
    public static Database impatient(Path folder) {
        return Database.sqlite(folder, Duration.ofMillis(200));
    }

    private static EmbeddedPostgres server;
    private static final java.util.Map<Path, String> NAMES = new java.util.HashMap<>();

    /** The address of the PostgreSQL database that belongs to a folder. */
    public static synchronized String url(Path folder) {
        try {
            if (server == null) {
                server = EmbeddedPostgres.builder().start();
                Runtime.getRuntime().addShutdownHook(new Thread(Databases::stop));
            }
            var name = NAMES.get(folder);
            if (name == null) {
                name = "t" + UUID.randomUUID().toString().replace("-", "");
                try (var connection = server.getPostgresDatabase().getConnection(); var statement = connection.createStatement()) {
                    statement.execute("create database " + name);
                }
                NAMES.put(folder, name);
            }
            return "postgresql://postgres:postgres@localhost:" + server.getPort() + "/" + name;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void stop() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
