package dev.parley.serve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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
            assertEquals(Optional.of("grün 🌱 '; drop table notes; --"), database.call(t -> t.first("select text from notes where id = ?", r -> r.getString(1), 1L)));
        }
    }

    @Test
    void theLastScriptIsTheOneThatIsLookedFor() throws Exception {
        var folder = Path.of(Database.class.getResource("/db/migration").toURI());
        try (var scripts = Files.list(folder)) {
            var last = scripts.map(script -> script.getFileName().toString()).mapToInt(name -> Integer.parseInt(name.substring(1, name.indexOf("__")))).max();
            assertEquals(Integer.parseInt(Database.VERSION), last.orElseThrow());
        }
    }

    @Test
    void aDatabaseOfAnOlderVersionIsBroughtUpToDate() {
        Flyway.configure().dataSource("jdbc:sqlite:" + folder.resolve("parley.db"), null, null).locations("classpath:db/migration").target("1").load().migrate();
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
            assertEquals(Optional.of(200L), database.call(t -> t.first("select count(*) from notes where text is null", r -> r.getLong(1))));
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
            for (var file : files.toList()) assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)), file::toString);
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
