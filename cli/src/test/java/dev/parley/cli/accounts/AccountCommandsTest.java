package dev.parley.cli.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.cli.Output;
import dev.parley.cli.Parley;
import dev.parley.serve.accounts.Keys;
import dev.parley.serve.accounts.Users;
import dev.parley.serve.store.Database;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands as an operator calls them, while a server has the same data open. */
class AccountCommandsTest {

    private static final String PASSWORD = "correct horse battery staple";

    @TempDir
    Path folder;

    private record Ended(int code, String out, String err) {

        String line() {
            assertEquals(0, code, err);
            return out.strip();
        }

        JsonNode json() throws IOException {
            return new ObjectMapper().readTree(line());
        }
    }

    private Ended parley(String... words) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--data", folder.toString()));
        var code = Parley.run(Output.to(out, err), all.toArray(String[]::new));
        return new Ended(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private Ended parleyWith(String input, String... words) {
        var before = System.in;
        System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
        try {
            return parley(words);
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void aUserIsAddedGivenAnotherPasswordDisabledAndEnabled() throws IOException {
        try (var database = Database.sqlite(folder)) {
            var users = new Users(database);
            assertTrue(parleyWith(PASSWORD + "\nnot this line\n", "users", "add", "Ada", "--password-stdin").line().contains("ada"));
            assertTrue(users.check("ada", PASSWORD).isPresent());
            parleyWith("another password\r\n", "users", "passwd", "ada", "--password-stdin").line();
            assertTrue(users.check("ada", "another password").isPresent());
            parley("users", "disable", "ada").line();
            assertTrue(users.check("ada", "another password").isEmpty());
            assertTrue(parley("users", "list", "--json").json().path("users").get(0).path("disabled").asBoolean());
            assertTrue(parley("users", "list").line().contains("disabled"));
            parley("users", "enable", "ada").line();
            assertTrue(users.check("ada", "another password").isPresent());
        }
    }

    @Test
    void aKeyIsShownOnceListedAndRevoked() throws IOException {
        try (var database = Database.sqlite(folder)) {
            var keys = new Keys(database);
            parleyWith(PASSWORD, "users", "add", "ada", "--password-stdin").line();
            var secret = parley("keys", "create", "laptop", "--user", "ada", "--expires", "30d", "--requests-per-minute", "20",
                    "--tokens-per-minute", "5000", "--tokens-per-day", "100000").line();
            var key = keys.check(secret).orElseThrow();
            assertEquals("ada", key.owner().orElseThrow().name());
            assertEquals(Duration.ofDays(30), Duration.between(key.created(), key.expires().orElseThrow()));
            var listed = parley("keys", "list", "--json");
            assertFalse(listed.out().contains(secret) || listed.out().contains(secret.substring(20)), listed.out());
            var row = listed.json().path("keys").get(0);
            assertEquals(List.of("laptop", "works", "20", "5000", "100000"), List.of(row.path("name").asText(), row.path("state").asText(),
                    row.path("requests_per_minute").asText(), row.path("tokens_per_minute").asText(), row.path("tokens_per_day").asText()));
            assertTrue(parley("keys", "list").line().contains("20 requests a minute, 5000 tokens a minute, 100000 tokens a day"));
            parley("keys", "revoke", key.id()).line();
            assertTrue(keys.check(secret).isEmpty());
            assertTrue(parley("keys", "list").line().contains("revoked"));
        }
    }

    @Test
    void eachUnitOfTimeIsUnderstood() {
        var begun = Instant.now();
        for (var time : List.of("90m", "12h", "3d", "2w")) parley("keys", "create", time, "--expires", time).line();
        try (var database = Database.sqlite(folder)) {
            var lasts = new Keys(database).all().stream().map(k -> Duration.between(k.created(), k.expires().orElseThrow())).toList();
            assertEquals(List.of(Duration.ofMinutes(90), Duration.ofHours(12), Duration.ofDays(3), Duration.ofDays(14)), lasts,
                    begun::toString);
        }
    }

    @Test
    void whatCannotBeDoneIsSaidInASentence() {
        assertEquals(2, parley("keys", "create", "x", "--expires", "soon").code());
        assertEquals(2, parley("keys", "create", "x", "--tokens-per-day", "0").code());
        assertEquals(2, parley("keys").code());
        assertEquals(2, parley("users").code());
        assertEquals(2, parley("users", "add", "ada").code(), "nobody is there to be asked");
        for (var failed : List.of(parley("keys", "create", "x", "--user", "nobody"), parley("keys", "revoke", "nothing"),
                parley("users", "disable", "nobody"),
                parleyWith("short", "users", "add", "ada", "--password-stdin"), parleyWith("", "users", "add", "ada", "--password-stdin"),
                parleyWith(PASSWORD, "users", "add", "a b", "--password-stdin"))) {
            assertEquals(1, failed.code(), failed.out());
            assertTrue(failed.err().startsWith("parley: ") && failed.err().strip().endsWith(".") && !failed.err().contains("--debug"),
                    failed.err());
        }
    }
}
