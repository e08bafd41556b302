package dev.parley.serve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Execution(ExecutionMode.CONCURRENT)
class DatabaseTest {

    @TempDir
    private Path folder;

    private static void makeTable(Database database) {
        database.run(t -> t.update("create table notes (id bigint primary key, text text)"));
    }

    @ParameterizedTest
    @EnumSource
    void whatATransactionWroteIsThereAfterReopening(Databases kind) {
        try (var database = kind.open(folder)) {
            makeTable(database);
            database.run(t -> t.update("insert into notes (id, text) values (?, ?)", 1L, "grün 🌱 '; drop table notes; --"));
        }
        try (var database = kind.open(folder)) {
            assertEquals(Optional.of("grün 🌱 '; drop table notes; --"),
                    database.call(t -> t.first("select text from notes where id = ?", r -> r.getString(1), 1L)));
        }
    }

    @Test
    void theLastScriptIsTheOneThatIsLookedFor() throws Exception {
        var folder = Path.of(Database.class.getResource("/db/migration").toURI());
        try (var scripts = Files.list(folder)) {
            var last = scripts.map(script -> script.getFileName().toString())
                    .mapToInt(name -> Integer.parseInt(name.substring(1, name.indexOf("__")))).max();
            assertEquals(Integer.parseInt(Database.VERSION), last.orElseThrow());
        }
    }

    @Test
    void aDatabaseOfAnOlderVersionIsBroughtUpToDate() {
        Flyway.configure().dataSource("jdbc:sqlite:" + folder.resolve("parley.db"), null, null).locations("classpath:db/migration")
                .target("1").load().migrate();
        try (var database = Database.sqlite(folder)) {
            assertEquals(Optional.of(0L), database.call(t -> t.first("select count(*) from users", r -> r.getLong(1))));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTransactionThatThrowsLeavesNothing(Databases kind) {
        try (var database = kind.open(folder)) {
            makeTable(database);
            assertThrows(IllegalStateException.class, () -> database.run(t -> {
                t.update("insert into notes (id, text) values (1, 'a')");
                throw new IllegalStateException();
            }));
            assertTrue(database.call(t -> t.list("select id from notes", r -> r.getLong(1))).isEmpty());
        }
    }

    @ParameterizedTest
    @EnumSource
    void manyWritersAtOnceAllGetTheirTurn(Databases kind) throws Exception {
        try (var database = kind.open(folder); var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            makeTable(database);
            var all = new ArrayList<Future<?>>();
            for (long i = 0; i < 200; i++) {
                var id = i;
                all.add(threads.submit(() -> database.run(t -> t.update("insert into notes (id, text) values (?, null)", id))));
            }
            for (var one : all) one.get();
            assertEquals(Optional.of(200L),
                    database.call(t -> t.first("select count(*) from notes where text is null", r -> r.getLong(1))));
        }
    }

    @ParameterizedTest
    @EnumSource
    void anotherProgramWritesWhileThisOneIsOpen(Databases kind) {
        try (var database = kind.open(folder)) {
            makeTable(database);
            assertThrows(IllegalStateException.class, () -> database.run(t -> {
                throw new IllegalStateException();
            }));
            try (var other = kind.open(folder)) {
                other.run(t -> t.update("insert into notes (id, text) values (?, ?)", 1L, "from the other"));
                database.run(t -> t.update("insert into notes (id, text) values (?, ?)", 2L, null));
                assertEquals(List.of(1L, 2L), other.call(t -> t.list("select id from notes order by id", r -> r.getLong(1))));
            }
        }
    }

    /** Another program with a lock, beyond the patience of this one. */
    @Test
    void afterALockThatWasTooLongTheNextTransactionIsWholeAgain() throws Exception {
        try (var database = Databases.impatient(folder);
                var other = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("parley.db")); var lock = other.createStatement()) {
            makeTable(database);
            lock.execute("begin immediate");
            var refused = assertThrows(StoreException.class, () -> database.run(t -> t.update("insert into notes (id) values (1)")));
            assertTrue(refused.getMessage().contains("BUSY"), refused.getMessage());
            lock.execute("commit");
            for (int i = 0; i < 3; i++) {
                assertThrows(IllegalStateException.class, () -> database.run(t -> {
                    t.update("insert into notes (id) values (2)");
                    throw new IllegalStateException("after half of the work");
                }));
            }
            database.run(t -> t.update("insert into notes (id) values (3)"));
            assertEquals(List.of(3L), database.read(t -> t.list("select id from notes", r -> r.getLong(1))));
        }
    }

    @ParameterizedTest
    @EnumSource
    void whoReadsDoesNotWaitForWhoWrites(Databases kind) throws Exception {
        try (var database = kind.open(folder); var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            makeTable(database);
            var written = new CountDownLatch(1);
            var read = new CountDownLatch(1);
            var writer = threads.submit(() -> database.run(t -> {
                t.update("insert into notes (id) values (1)");
                written.countDown();
                await(read);
            }));
            await(written);
            assertEquals(List.of(), database.read(t -> t.list("select id from notes", r -> r.getLong(1))));
            read.countDown();
            writer.get();
            assertEquals(List.of(1L), database.read(t -> t.list("select id from notes", r -> r.getLong(1))));
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(30, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whoReadsSeesOneStateAndChangesNothing(Databases kind) {
        try (var database = kind.open(folder)) {
            makeTable(database);
            assertThrows(StoreException.class, () -> database.read(t -> t.update("insert into notes (id) values (1)")));
            var seen = database.read(t -> {
                var before = t.list("select id from notes", r -> r.getLong(1));
                database.run(w -> w.update("insert into notes (id) values (2)"));
                return List.of(before, t.list("select id from notes", r -> r.getLong(1)));
            });
            assertEquals(List.of(List.of(), List.of()), seen);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTransactionInAnotherIsAFaultAndWaitsForNothing(Databases kind) {
        try (var database = kind.open(folder)) {
            makeTable(database);
            assertThrows(IllegalStateException.class,
                    () -> database.run(t -> database.run(nested -> nested.update("insert into notes (id) values (1)"))));
            assertEquals(List.of(), database.read(t -> t.list("select id from notes", r -> r.getLong(1))));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSearchWithoutEndIsBrokenOffAndTheNextIsNot(Databases kind) {
        var endless = "with recursive n (i) as (select 1 union all select (i + 1) % 1000 from n) select count(*) from n";
        try (var database = kind.open(folder)) {
            for (int i = 0; i < 3; i++) {
                var refused = assertThrows(StoreException.class,
                        () -> database.search(Duration.ofMillis(50), t -> t.first(endless, r -> r.getLong(1))));
                assertTrue(refused.tookTooLong(), refused.toString());
                assertEquals(Optional.of(1L), database.search(Duration.ofSeconds(30), t -> t.first("select 1", r -> r.getLong(1))));
            }
            var wrong = assertThrows(StoreException.class,
                    () -> database.search(Duration.ofSeconds(30), t -> t.first("select nothing", r -> r.getLong(1))));
            assertFalse(wrong.tookTooLong(), wrong.toString());
        }
    }

    @ParameterizedTest
    @EnumSource
    void searchesLeaveReadingAndWritingToOthers(Databases kind) throws Exception {
        try (var database = kind.open(folder); var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            makeTable(database);
            var begun = new CountDownLatch(2);
            var over = new CountDownLatch(1);
            var all = new ArrayList<Future<?>>();
            for (int i = 0; i < 12; i++) all.add(threads.submit(() -> database.search(Duration.ofSeconds(30), t -> {
                begun.countDown();
                await(over);
                return t.first("select 1", r -> r.getLong(1));
            })));
            await(begun);
            database.run(t -> t.update("insert into notes (id) values (1)"));
            assertEquals(List.of(1L), database.read(t -> t.list("select id from notes", r -> r.getLong(1))));
            over.countDown();
            for (var one : all) one.get();
        }
    }

    @ParameterizedTest
    @EnumSource
    void nullMayStandForATextAndForANumber(Databases kind) {
        try (var database = kind.open(folder)) {
            database.run(t -> t.update("create table numbers (name text, count bigint)"));
            database.run(t -> t.update("insert into numbers (name, count) values (?, ?)", null, null));
            assertEquals(1, database.call(t -> t.list("select name from numbers where name is null and count is null", r -> 0)).size());
        }
    }

    @Test
    void inAFolderThatOthersMayReadTheFilesAreForTheOwnerAlone() throws Exception {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (var database = Database.sqlite(folder); var files = Files.list(folder)) {
            makeTable(database);
            for (var file : files.toList())
                assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)), file::toString);
        }
    }

    @Test
    void theFolderIsForItsOwnerAlone() throws Exception {
        try (var database = Database.sqlite(folder.resolve("data"))) {
            assertTrue(database.isFile());
            assertEquals(3, Files.getPosixFilePermissions(folder.resolve("data")).size());
        }
    }

    @Test
    void aFileThatIsNoDatabaseIsRefusedWithItsName() throws Exception {
        Files.writeString(folder.resolve("parley.db"), "this is no database, and long enough to be looked at as one".repeat(50));
        var refused = assertThrows(StoreException.class, () -> Database.sqlite(folder));
        assertTrue(refused.getMessage().contains("parley.db"), refused.getMessage());
    }

    @Test
    void anAddressThatIsNoneIsRefusedWithoutItsPassword() {
        var refused = assertThrows(IllegalArgumentException.class, () -> Database.postgresql("mysql://me:secret@host/x"));
        assertFalse(refused.getMessage().contains("secret"), refused.getMessage());
    }

    @Test
    void aServerThatIsNotThereIsNamed() {
        var refused = assertThrows(StoreException.class, () -> Database.postgresql("postgresql://me:secret@127.0.0.1:1/x"));
        assertTrue(refused.getMessage().contains("127.0.0.1:1/x") && !refused.getMessage().contains("secret"), refused.getMessage());
    }
}
