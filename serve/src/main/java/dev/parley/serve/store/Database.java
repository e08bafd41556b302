package dev.parley.serve.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/**
 * The database of a server. The SQL of its users runs on SQLite and on PostgreSQL alike: text, whole numbers of 64 bits
 * (times are milliseconds since 1970), and nothing else.
 *
 * <p>A transaction that has returned survives the end of the process at any moment after. With SQLite one writes at a time: transactions
 * of this program wait for each other, and for up to ten seconds for those of another, such as {@code parley keys}.
 */
public final class Database implements AutoCloseable {

    private static final String FILE = "parley.db";
    private static final int CONNECTIONS = 4;

    /** Number of the last script in {@code db/migration}. */
    static final String VERSION = "2";

    private final HikariDataSource source;
    private final boolean oneWriter;
    private final ReentrantLock writing = new ReentrantLock();

    private Database(HikariDataSource source, boolean oneWriter) {
        this.source = source;
        this.oneWriter = oneWriter;
    }

    /**
     * A database in a folder, which is made if need be, readable by its owner alone.
     *
     * @throws StoreException if it cannot be opened
     */
    public static Database sqlite(Path folder) {
        try {
            makePrivate(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " cannot be made into a folder for data: " + e.getMessage() + ".", e);
        }
        var config = new HikariConfig();
        config.setJdbcUrl("jdbc:sqlite:" + folder.resolve(FILE).toAbsolutePath());
        config.addDataSourceProperty("journal_mode", "WAL");
        config.addDataSourceProperty("synchronous", "FULL"); // a finished message also survives the machine's end
        config.addDataSourceProperty("busy_timeout", "10000");
        config.addDataSourceProperty("foreign_keys", "true");
        config.addDataSourceProperty("transaction_mode", "IMMEDIATE"); // else two that read first could not both write
        config.setMaximumPoolSize(1);
        return open(config, true, folder.resolve(FILE).toString());
    }

    /** Whether a folder has a database. */
    public static boolean isIn(Path folder) {
        return Files.exists(folder.resolve(FILE));
    }

    private static void makePrivate(Path folder) throws IOException {
        var knowsOwners = folder.getFileSystem().supportedFileAttributeViews().contains("posix");
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder);
            if (knowsOwners) Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        }
        var file = folder.resolve(FILE);
        if (!knowsOwners || Files.exists(file)) return;
        try {
            // A folder that was there may be open to others. What SQLite puts beside the file gets the same permissions.
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException e) {
            // another program was first
        }
    }

    /**
     * A database on a server.
     *
     * @param url {@code postgresql://user:password@host:port/name}, or what JDBC calls it
     * @throws StoreException if it cannot be reached
     * @throws IllegalArgumentException if the address is none of PostgreSQL
     */
    public static Database postgresql(String url) {
        var config = new HikariConfig();
        if (url.startsWith("jdbc:postgresql:")) config.setJdbcUrl(url);
        else address(url, config);
        config.setMaximumPoolSize(CONNECTIONS);
        return open(config, false, withoutPassword(url));
    }

    private static void address(String url, HikariConfig config) {
        URI uri;
        try {
            uri = URI.create(url);
        } catch (IllegalArgumentException e) {
            throw noAddress(url);
        }
        if (uri.getScheme() == null || !uri.getScheme().matches("postgres(ql)?") || uri.getHost() == null || uri.getPath().length() < 2) throw noAddress(url);
        config.setJdbcUrl("jdbc:postgresql://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort()) + uri.getPath()
                + (uri.getQuery() == null ? "" : "?" + uri.getQuery()));
        if (uri.getRawUserInfo() == null) return;
        var user = uri.getRawUserInfo().split(":", 2);
        config.setUsername(URLDecoder.decode(user[0].replace("+", "%2B"), StandardCharsets.UTF_8));
        if (user.length > 1) config.setPassword(URLDecoder.decode(user[1].replace("+", "%2B"), StandardCharsets.UTF_8));
    }

    private static IllegalArgumentException noAddress(String url) {
        return new IllegalArgumentException(withoutPassword(url) + " is no address of a database; write postgresql://user:password@host:port/name.");
    }

    private static String withoutPassword(String url) {
        return url.replaceAll("//[^@/]*@", "//").replaceAll("(?i)password=[^&]*", "password=…");
    }

    private static Database open(HikariConfig config, boolean oneWriter, String name) {
        config.setConnectionTimeout(10_000);
        config.setPoolName("parley-database");
        try {
            var source = new HikariDataSource(config);
            try {
                // The pool's setting would hold a transaction open around the scripts.
                if (!isCurrent(source)) Flyway.configure(Database.class.getClassLoader()).dataSource(source).locations("classpath:db/migration").loggers("slf4j").load().migrate();
            } catch (RuntimeException e) {
                source.close();
                throw e;
            }
            return new Database(source, oneWriter);
        } catch (PoolInitializationException | FlywayException e) {
            throw new StoreException("The database " + name + " cannot be opened: " + firstLine(e.getCause() == null ? e : e.getCause()), e);
        }
    }

    /** Whether the last script has been run: to have Flyway find that out takes half a second, most of it for its classes. */
    private static boolean isCurrent(HikariDataSource source) {
        try (var connection = source.getConnection(); var query = connection.createStatement();
                var rows = query.executeQuery("SELECT COUNT(*) FROM flyway_schema_history WHERE version = '" + VERSION + "' AND success")) {
            return rows.next() && rows.getInt(1) == 1;
        } catch (SQLException e) {
            return false; // a database without a history, for one
        }
    }

    /**
     * Runs statements as one transaction, which is undone if they throw.
     *
     * @throws StoreException if the database fails
     */
    public <T> T call(Function<Transaction, T> work) {
        if (oneWriter) writing.lock(); // else they would queue in the pool, whose patience ends
        try (var connection = source.getConnection()) {
            return whole(connection, work);
        } catch (SQLException e) {
            throw new StoreException("The database cannot be reached: " + firstLine(e), e);
        } finally {
            if (oneWriter) writing.unlock();
        }
    }

    private <T> T whole(Connection connection, Function<Transaction, T> work) throws SQLException {
        connection.setAutoCommit(false);
        try {
            var result = work.apply(new Transaction(connection));
            connection.setAutoCommit(true); // commits; SQLite's commit() begins another transaction, and so keeps its lock from other programs
            return result;
        } catch (RuntimeException | Error | SQLException e) {
            undo(connection, e);
            throw e;
        }
    }

    private void undo(Connection connection, Throwable why) {
        try {
            connection.rollback();
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            why.addSuppressed(e);
            source.evictConnection(connection); // nobody knows in what state it is
        }
    }

    /** Runs statements that give nothing back as one transaction. @throws StoreException if the database fails */
    public void run(Consumer<Transaction> work) {
        call(transaction -> {
            work.accept(transaction);
            return null;
        });
    }

    /** Whether this is SQLite in a file. */
    public boolean isFile() {
        return oneWriter;
    }

    static String firstLine(Throwable cause) {
        return String.valueOf(cause.getMessage()).lines().findFirst().orElse("no reason was given");
    }

    @Override
    public void close() {
        source.close();
    }
}
