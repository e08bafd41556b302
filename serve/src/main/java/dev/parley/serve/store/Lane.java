package dev.parley.serve.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.sqlite.ProgressHandler;
import org.sqlite.SQLiteConnection;

/**
 * Connections to a database for work of one kind, and the threads on which that runs: as many as there are connections, so that work
 * waits in the order of coming. SQLite computes and waits for locks inside of its library, where a virtual thread would keep its
 * carrier; requests wait here as virtual threads can.
 */
final class Lane implements AutoCloseable {

    private static final int STEPS_BETWEEN_LOOKS = 10_000; // of SQLite's virtual machine: some 100 µs

    private final HikariDataSource source;
    private final ExecutorService threads;
    private final Set<Thread> own = ConcurrentHashMap.newKeySet();
    private final boolean sqlite;

    /** @param config says how many connections there are at most */
    Lane(HikariConfig config, boolean sqlite) {
        source = new HikariDataSource(config);
        var factory = Thread.ofPlatform().daemon().name(config.getPoolName() + "-", 0).factory();
        threads = Executors.newFixedThreadPool(config.getMaximumPoolSize(), work -> {
            var thread = factory.newThread(work);
            own.add(thread);
            return thread;
        });
        this.sqlite = sqlite;
    }

    HikariDataSource source() {
        return source;
    }

    /**
     * Runs statements as one transaction.
     *
     * @param limit after which a statement that still runs is broken off
     * @throws StoreException if the database fails
     */
    <T> T call(Function<Transaction, T> work, Optional<Duration> limit) {
        if (own.contains(Thread.currentThread()))
            throw new IllegalStateException("A transaction in another of its kind would wait for itself.");
        var task = new FutureTask<>(() -> now(work, limit));
        try {
            threads.execute(task);
        } catch (RejectedExecutionException e) {
            throw new StoreException("The database is closed.", e);
        }
        return result(task);
    }

    /** Of a transaction that has begun nobody knows the outcome before its end: whoever is interrupted waits all the same. */
    private static <T> T result(FutureTask<T> task) {
        var interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    if (e.getCause() instanceof Error error) throw error;
                    throw (RuntimeException) e.getCause();
                }
            }
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    private <T> T now(Function<Transaction, T> work, Optional<Duration> limit) {
        try (var connection = source.getConnection()) {
            return whole(connection, work, limit);
        } catch (SQLException e) {
            throw new StoreException("The database cannot be reached: " + Database.firstLine(e), e);
        }
    }

    private <T> T whole(Connection connection, Function<Transaction, T> work, Optional<Duration> limit) throws SQLException {
        try {
            connection.setAutoCommit(false); // SQLite begins here, and may fail
            if (limit.isPresent()) breakOffAfter(connection, limit.get());
            var result = work.apply(new Transaction(connection));
            // commits; SQLite's commit() begins another transaction, and so keeps its lock from other programs
            connection.setAutoCommit(true);
            return result;
        } catch (RuntimeException | Error | SQLException e) {
            undo(connection, e);
            throw e;
        } finally {
            if (sqlite && limit.isPresent()) ProgressHandler.clearHandler(connection.unwrap(SQLiteConnection.class));
        }
    }

    private void breakOffAfter(Connection connection, Duration limit) throws SQLException {
        if (!sqlite) {
            try (var statement = connection.createStatement()) {
                statement.execute("set local statement_timeout = " + limit.toMillis());
            }
            return;
        }
        var deadline = System.nanoTime() + limit.toNanos();
        ProgressHandler.setHandler(connection.unwrap(SQLiteConnection.class), STEPS_BETWEEN_LOOKS, new ProgressHandler() {
            @Override
            protected int progress() {
                return System.nanoTime() - deadline < 0 ? 0 : 1;
            }
        });
    }

    /** A driver that has failed to begin believes that it has begun: its connection must not be used again. */
    private void undo(Connection connection, Throwable why) {
        try {
            connection.rollback();
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            why.addSuppressed(e);
            source.evictConnection(connection); // nobody knows in what state it is
        }
    }

    @Override
    public void close() {
        threads.shutdown();
        source.close();
    }
}
