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
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/**
 * The database of a server. The SQL of its users runs on SQLite and on PostgreSQL alike: text, whole numbers of 64 bits
 * (times are milliseconds since 1970), and nothing else.
 *
 * <p>A transaction that has returned survives the end of the process at any moment after. With SQLite one writes at a time: transactions
 * of this program wait for each other, and for up to ten seconds for those of another, such as {@code parley keys}. Whoever only
 * reads waits for none of them.
 */
public final class Database implements AutoCloseable {

    private static final String FILE = "parley.db";
    private static final int WRITERS = 4; // of PostgreSQL; SQLite has one
    private static final int READERS = 4;
    private static final int SEARCHES = 2;

    private static final Duration LOCK_PATIENCE = Duration.ofSeconds(10);

    /** Number of the last script in {@code db/migration}. */
    static final String VERSION = "8";

    private final Lane writers;
    private final Lane readers;
    private final Lane searches;
    private final Optional<Path> folder;

    private Database(Lane writers, HikariConfig ofReaders, Optional<Path> folder) {
        this.writers = writers;
        this.folder = folder;
        readers = new Lane(lazy(ofReaders, READERS, "parley-readers"), isFile());
        searches = new Lane(lazy(ofReaders, SEARCHES, "parley-searches"), isFile());
    }

    /** Connections that are made when they are needed. */
    private static HikariConfig lazy(HikariConfig config, int connections, String name) {
        var lazy = new HikariConfig();
        config.copyStateTo(lazy);
        lazy.setMaximumPoolSize(connections);
        lazy.setMinimumIdle(0);
        lazy.setInitializationFailTimeout(-1);
        lazy.setPoolName(name);
        return lazy;
    }

    /**
     * A database in a folder, which is made if need be, readable by its owner alone.
     *
     * @throws StoreException if it cannot be opened
     */
    public static Database sqlite(Path folder) {
        return sqlite(folder, LOCK_PATIENCE);
    }

    /** The same. @param patience how long a transaction waits for another program's to end before it fails */
    static Database sqlite(Path folder, Duration patience) {
        try {
            makePrivate(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " cannot be made into a folder for data: " + e.getMessage() + ".", e);
        }
        var writer = sqlite(folder, "IMMEDIATE", patience); // else two that read first could not both write
        writer.setMaximumPoolSize(1);
        var readers = sqlite(folder, "DEFERRED", patience); // which sees what was written last, and waits for no writer (WAL)
        readers.setConnectionInitSql("pragma query_only = true");
        return open(writer, readers, Optional.of(folder), folder.resolve(FILE).toString());
    }

    private static HikariConfig sqlite(Path folder, String transactions, Duration patience) {
        var config = new HikariConfig();
        config.setJdbcUrl("jdbc:sqlite:" + folder.resolve(FILE).toAbsolutePath());
        config.addDataSourceProperty("journal_mode", "WAL");
        config.addDataSourceProperty("synchronous", "FULL"); // a finished message also survives the machine's end
        config.addDataSourceProperty("busy_timeout", Long.toString(patience.toMillis()));
        config.addDataSourceProperty("foreign_keys", "true");
        config.addDataSourceProperty("transaction_mode", transactions);
        return config;
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
        var writers = server(url);
        writers.setMaximumPoolSize(WRITERS);
        var readers = server(url);
        readers.setReadOnly(true);
        readers.setTransactionIsolation("TRANSACTION_REPEATABLE_READ");
        return open(writers, readers, Optional.empty(), withoutPassword(url));
    }

    private static HikariConfig server(String url) {
        var config = new HikariConfig();
        if (url.startsWith("jdbc:postgresql:")) config.setJdbcUrl(url);
        else address(url, config);
        return config;
    }

    private static void address(String url, HikariConfig config) {
        URI uri;
        try {
            uri = URI.create(url);
        } catch (IllegalArgumentException e) {
            throw noAddress(url);
        }
        if (uri.getScheme() == null || !uri.getScheme().matches("postgres(ql)?") || uri.getHost() == null || uri.getPath().length() < 2)
            throw noAddress(url);
        config.setJdbcUrl("jdbc:postgresql://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort()) + uri.getPath()
                + (uri.getQuery() == null ? "" : "?" + uri.getQuery()));
        if (uri.getRawUserInfo() == null) return;
        var user = uri.getRawUserInfo().split(":", 2);
        config.setUsername(URLDecoder.decode(user[0].replace("+", "%2B"), StandardCharsets.UTF_8));
        if (user.length > 1) config.setPassword(URLDecoder.decode(user[1].replace("+", "%2B"), StandardCharsets.UTF_8));
    }

    private static IllegalArgumentException noAddress(String url) {
        return new IllegalArgumentException(
                withoutPassword(url) + " is no address of a database; write postgresql://user:password@host:port/name.");
    }

    private static String withoutPassword(String url) {
        return url.replaceAll("//[^@/]*@", "//").replaceAll("(?i)password=[^&]*", "password=…");
    }

    private static Database open(HikariConfig writers, HikariConfig readers, Optional<Path> folder, String name) {
        writers.setConnectionTimeout(10_000);
        readers.setConnectionTimeout(10_000);
        writers.setPoolName("parley-database");
        try {
            var lane = new Lane(writers, folder.isPresent());
            try {
                // The pool's setting would hold a transaction open around the scripts.
                if (!isCurrent(lane.source())) Flyway.configure(Database.class.getClassLoader()).dataSource(lane.source())
                        .locations("classpath:db/migration").loggers("slf4j").load().migrate();
            } catch (RuntimeException e) {
                lane.close();
                throw e;
            }
            return new Database(lane, readers, folder);
        } catch (PoolInitializationException | FlywayException e) {
            throw new StoreException("The database " + name + " cannot be opened: " + firstLine(e.getCause() == null ? e : e.getCause()),
                    e);
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
        return writers.call(work, Optional.empty());
    }

    /**
     * Runs statements that change nothing. They see one state of the database, and wait for nobody who writes.
     *
     * @throws StoreException if the database fails
     */
    public <T> T read(Function<Transaction, T> work) {
        return readers.call(work, Optional.empty());
    }

    /**
     * As {@link #read}, for what may take long: others' reading goes on beside it.
     *
     * @param limit after which it is broken off
     * @throws StoreException if the database fails, or the time was over
     */
    public <T> T search(Duration limit, Function<Transaction, T> work) {
        return searches.call(work, Optional.of(limit));
    }

    /**
     * Runs statements that give nothing back as one transaction.
     *
     * @throws StoreException if the database fails
     */
    public void run(Consumer<Transaction> work) {
        call(transaction -> {
            work.accept(transaction);
            return null;
        });
    }

    /** Whether this is SQLite in a file. */
    public boolean isFile() {
        return folder.isPresent();
    }

    /** The folder of a database that is a file. */
    public Optional<Path> folder() {
        return folder;
    }

    /** The SQL for milliseconds since 1970 by the database's clock, which is one for all that share it. */
    public String clock() {
        return isFile() ? "cast(unixepoch('subsec') * 1000 as integer)" : "cast(extract(epoch from clock_timestamp()) * 1000 as bigint)";
    }

    static String firstLine(Throwable cause) {
        return String.valueOf(cause.getMessage()).lines().findFirst().orElse("no reason was given");
    }

    @Override
    public void close() {
        searches.close();
        readers.close();
        writers.close();
    }
}
