package dev.parley.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.hub.FakeHub.Fault;
import dev.parley.hub.HubException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What goes wrong on the way: what another try mends is mended, the rest is one sentence, and nothing looks whole that is not. */
@Execution(ExecutionMode.CONCURRENT)
class HubFaultsTest {

    private static final String LISTING = "/revision/main";

    @TempDir
    Path folder;

    private HubFixture hub;
    private String store; // the end of the path under which the store has the weights

    @BeforeEach
    void serve() throws IOException {
        hub = new HubFixture(folder);
        store = hub.weightsEtag() + "/model.safetensors";
    }

    @AfterEach
    void stop() {
        hub.close();
    }

    private HubException refused(Reason reason, String words, String... environment) {
        var refused = assertThrows(HubException.class, () -> hub.hub(environment).folder("org/tiny", hub.listener));
        assertEquals(reason, refused.reason(), refused.getMessage());
        assertTrue(refused.getMessage().contains(words), refused.getMessage());
        assertFalse(Files.exists(hub.cached().resolve("snapshots")), "nothing may look whole");
        assertFalse(Files.exists(hub.cached().resolve("refs")), "nothing may look whole");
        return refused;
    }

    private void comesWhole() throws IOException {
        assertArrayEquals(Files.readAllBytes(hub.weights()),
                Files.readAllBytes(hub.hub().folder("org/tiny", hub.listener).resolve("model.safetensors")));
        try (var blobs = Files.list(hub.cached().resolve("blobs"))) {
            assertTrue(blobs.noneMatch(b -> b.toString().endsWith(".incomplete")));
        }
    }

    // ---- what another try mends ----

    @Test
    void aFaultOfTheServerIsTriedAgain() throws IOException {
        hub.server.fails("GET", LISTING, new Fault.Status(500, Map.of()), new Fault.Status(503, Map.of("Retry-After", "0")))
                .fails("HEAD", "/config.json", new Fault.Status(502, Map.of())).fails("GET", store, new Fault.Status(504, Map.of()));
        comesWhole();
    }

    @Test
    void aBusyServerIsWaitedForAsLongAsItAsks() throws IOException {
        hub.server.fails("GET", LISTING, new Fault.Status(429, Map.of("Retry-After", "1")));
        var started = System.nanoTime();
        comesWhole();
        assertTrue(System.nanoTime() - started >= 990_000_000L, "it asked for a second");
    }

    @Test
    void aServerThatAsksForTooLongAWaitIsNotWaitedFor() {
        hub.server.fails("GET", LISTING, new Fault.Status(429, Map.of("Retry-After", "3600")));
        refused(Reason.UNREACHABLE, "asks to wait 3600 seconds");
        assertEquals(1, hub.server.seen().size());
    }

    @Test
    void aServerThatStaysBrokenIsGivenUp() {
        hub.server.fails("GET", LISTING, new Fault.Status(500, Map.of()), new Fault.Status(500, Map.of()), new Fault.Status(500, Map.of()),
                new Fault.Status(500, Map.of()));
        refused(Reason.UNREACHABLE, "a fault (500)");
        assertEquals(3, hub.server.seen().size());
    }

    @Test
    void aCutConnectionIsResumedWhereItBroke() throws IOException {
        hub.server.fails("GET", store, new Fault.Cut(100_000), new Fault.Cut(50_000), new Fault.Cut(1), new Fault.Cut(1), new Fault.Cut(1));
        comesWhole();
        var ranges = hub.server.seen().stream().filter(s -> s.path().endsWith(store)).map(s -> s.range().orElse("")).toList();
        assertEquals(List.of("", "bytes=100000-", "bytes=150000-", "bytes=150001-", "bytes=150002-", "bytes=150003-"), ranges);
        assertTrue(hub.server.bytesServed() < HubFixture.WEIGHT_BYTES + 1000, "no byte is sent twice: " + hub.server.bytesServed());
    }

    @Test
    void aServerThatFallsSilentIsAskedAgain() throws IOException {
        hub.server.fails("GET", store, new Fault.Silence(100_000));
        var impatient = Hub.of(HubSettings.of(hub.environment())
                .withPace(new HubSettings.Pace(3, Duration.ofMillis(5), Duration.ofSeconds(1))).withPatience(Duration.ofMillis(300)));
        assertArrayEquals(Files.readAllBytes(hub.weights()),
                Files.readAllBytes(impatient.folder("org/tiny", hub.listener).resolve("model.safetensors")));
        assertEquals(2, hub.server.count("GET", store));
    }

    @Test
    void aServerWithoutRangesBeginsAnew() throws IOException {
        hub.server.fails("GET", store, new Fault.Cut(100_000), new Fault.NoRanges());
        comesWhole();
    }

    @Test
    void aDamagedPartOfAnEarlierTryIsFetchedAnew() throws IOException {
        Files.createDirectories(hub.cached().resolve("blobs"));
        Files.write(hub.cached().resolve("blobs").resolve(hub.weightsEtag() + ".incomplete"), new byte[200_000]);
        comesWhole();
        assertEquals(List.of("bytes=200000-", ""),
                hub.server.seen().stream().filter(s -> s.path().endsWith(store)).map(s -> s.range().orElse("")).toList());
    }

    @Test
    void anEarlierTrysPartThatIsTooLongIsFetchedAnew() throws IOException {
        Files.createDirectories(hub.cached().resolve("blobs"));
        Files.write(hub.cached().resolve("blobs").resolve(hub.weightsEtag() + ".incomplete"), new byte[HubFixture.WEIGHT_BYTES + 1]);
        comesWhole();
    }

    // ---- what is told ----

    @Test
    void otherBytesThanTheHashSaysAreRefused() throws IOException {
        hub.server.fails("GET", store, new Fault.Garbage(), new Fault.Garbage());
        refused(Reason.DAMAGED, "model.safetensors has not the hash");
        assertFalse(Files.exists(hub.cached().resolve("blobs").resolve(hub.weightsEtag())));
        assertFalse(Files.exists(hub.cached().resolve("blobs").resolve(hub.weightsEtag() + ".incomplete")));
        comesWhole();
    }

    @Test
    void smallFilesAreHashedAsGitDoes() {
        hub.server.fails("GET", "/tokenizer.json", new Fault.Garbage(), new Fault.Garbage());
        refused(Reason.DAMAGED, "tokenizer.json has not the hash");
    }

    @Test
    void anotherSizeThanWasToldIsRefused() throws IOException {
        hub.server.fails("HEAD", "/model.safetensors", new Fault.Header("X-Linked-Size", "299999"));
        refused(Reason.DAMAGED, "sends more than the 299999 bytes");
        hub.server.fails("HEAD", "/model.safetensors", new Fault.Header("X-Linked-Size", "300001"));
        refused(Reason.DAMAGED, "/300001 of it was asked for");
        hub.server.fails("HEAD", "/model.safetensors", new Fault.Header("X-Linked-Size", ""));
        refused(Reason.DAMAGED, "does not tell the ETag and the size of model.safetensors");
        comesWhole();
    }

    @Test
    void aModelThatDoesNotFitTheDiskIsRefusedBeforeItIsFetched() {
        hub.server.fails("HEAD", "/model.safetensors", new Fault.Header("X-Linked-Size", "900000000000000000"));
        refused(Reason.DISK, "make room");
        assertEquals(0, hub.server.bytesServed());
    }

    @Test
    void aPartThatWasNotAskedForIsRefused() {
        hub.server.fails("GET", store, new Fault.Cut(1000), new Fault.Header("Content-Range", "bytes 5-299999/300000"));
        refused(Reason.DAMAGED, "bytes 1000-299999/300000 of it was asked for, and bytes 5-299999/300000 came");
    }

    @Test
    void gatedModelsSayWhatToDo() throws IOException {
        hub.server.gate("org/tiny", "hf_right");
        var page = hub.server.endpoint() + "/org/tiny";
        assertTrue(refused(Reason.ACCESS, "is gated: accept its terms at " + page).getMessage().contains("HF_TOKEN"));
        var other = refused(Reason.ACCESS, "the account that did so", "HF_TOKEN", "hf_other");
        assertFalse(other.getMessage().contains("hf_other"), "a token is never shown");
        assertTrue(Files.isDirectory(hub.hub("HF_TOKEN", "hf_right").folder("org/tiny", hub.listener)));
    }

    @Test
    void refusedTokensAreToldApart() {
        hub.server.fails("GET", LISTING, new Fault.Status(401, Map.of()));
        refused(Reason.ACCESS, "does not accept your token", "HF_TOKEN", "hf_x");
        hub.server.fails("GET", LISTING, new Fault.Status(403, Map.of()));
        refused(Reason.ACCESS, "your token may not read this model", "HF_TOKEN", "hf_x");
        hub.server.fails("GET", LISTING, new Fault.Status(401, Map.of()));
        refused(Reason.NO_MODEL, "set HF_TOKEN if the model is private or gated");
    }

    @Test
    void whatIsMissingIsToldApart() throws IOException {
        var none = assertThrows(HubException.class, () -> hub.hub().folder("org/none", hub.listener));
        assertEquals(Reason.NO_MODEL, none.reason());
        assertTrue(none.getMessage().startsWith("There is no folder org/none here") && none.getMessage().contains("has no model org/none"),
                none.getMessage());
        var revision = assertThrows(HubException.class, () -> hub.hub().folder("org/tiny@v9", hub.listener));
        assertEquals(Reason.NO_REVISION, revision.reason());
        assertTrue(revision.getMessage().contains("has no revision v9"), revision.getMessage());
        var file = assertThrows(HubException.class, () -> hub.hub().pullFile(HubFixture.TINY, "none.gguf", hub.listener));
        assertEquals(Reason.NO_FILE, file.reason());
        hub.server.fails("HEAD", "/tokenizer.json", new Fault.Status(404, Map.of("X-Error-Code", "EntryNotFound")));
        refused(Reason.NO_FILE, "has no file tokenizer.json");
    }

    @Test
    void aMirrorThatOnlySays404IsAskedWhatIsMissing() {
        hub.server.fails("GET", "/revision/v9", new Fault.Status(404, Map.of()), new Fault.Status(404, Map.of()));
        assertEquals(Reason.NO_REVISION, assertThrows(HubException.class, () -> hub.hub().folder("org/tiny@v9", hub.listener)).reason());
        hub.server.fails("GET", "/org/tiny", new Fault.Status(404, Map.of()));
        assertEquals(Reason.NO_MODEL, assertThrows(HubException.class, () -> hub.hub().folder("org/tiny@v9", hub.listener)).reason());
        hub.server.fails("GET", LISTING, new Fault.Status(404, Map.of()));
        refused(Reason.NO_MODEL, "has no model org/tiny");
    }

    @Test
    void modelsThatParleyCannotLoadSaySoBeforeTheyAreFetched() throws IOException {
        for (var name : List.of("model.safetensors", "pytorch_model.bin")) Files.delete(hub.served.resolve("org/tiny").resolve(name));
        Files.write(hub.served.resolve("org/tiny/mmproj-tiny.gguf"), new byte[10]);
        refused(Reason.NO_FILE, "It has mmproj-tiny.gguf: pull one by --file.");
        Files.delete(hub.served.resolve("org/tiny/config.json"));
        refused(Reason.NO_FILE, "has no config.json");
        assertEquals(0, hub.server.bytesServed());
    }

    // ---- what a hostile server may try ----

    @Test
    void namesThatLeadOutOfTheFolderAreRefused() throws IOException {
        var names = List.of("../evil.json", "/etc/passwd", "a/../../b", "a\\b", "a\0b", "a\nb", "..", "x/", "//x", "C:evil", "a/./b",
                "nul.", "\u202egnp.exe", "x".repeat(500));
        for (var name : names) assertFalse(RemoteFile.isSafe(name), name);
        for (var name : List.of("model.safetensors", "onnx/model.onnx", "a b.json", "模型.gguf")) assertTrue(RemoteFile.isSafe(name), name);
        for (var name : names) assertEquals(Reason.DAMAGED,
                assertThrows(HubException.class, () -> hub.hub().pullFile(HubFixture.TINY, name, hub.listener)).reason());
        assertTrue(hub.server.seen().isEmpty());
        var model = hub.served.resolve("org/tiny");
        Files.delete(model.resolve("model.safetensors"));
        for (var shard : List.of("../../../../evil.safetensors", "/evil.safetensors", "config.json", "")) {
            Files.writeString(model.resolve("model.safetensors.index.json"), "{\"weight_map\": {\"a\": \"" + shard + "\"}}");
            refused(Reason.DAMAGED, "which is no file of weights");
        }
        Files.writeString(model.resolve("model.safetensors.index.json"), "{\"weight_map\": {\"a\": \"absent.safetensors\"}}");
        refused(Reason.DAMAGED, "which the model does not have");
        Files.writeString(model.resolve("model.safetensors.index.json"), "no json");
        refused(Reason.DAMAGED, "is no index of weights");
    }

    @Test
    void etagsThatAreNoFileNamesAreRefused() {
        for (var etag : List.of("../../evil", "\"..\"", "a/b", ".hidden", "x.incomplete", "a".repeat(200))) {
            hub.server.fails("HEAD", "/model.safetensors", new Fault.Header("X-Linked-Etag", etag));
            refused(Reason.DAMAGED, "which is no hash");
        }
    }

    @Test
    void answersThatAreNoListOfFilesAreRefused() {
        for (var answer : List.of("<html>", "[]", "{}", "{\"sha\": \"../..\", \"siblings\": []}", "[".repeat(100_000))) {
            hub.server.fails("GET", LISTING, new Fault.Body(answer.getBytes(StandardCharsets.UTF_8)));
            refused(Reason.DAMAGED, "HF_ENDPOINT");
        }
        hub.server.fails("GET", LISTING, new Fault.Body(new byte[33 << 20]));
        refused(Reason.DAMAGED, "longer than a list of files can be");
    }

    @Test
    void redirectsThatLeadNowhereSafeAreRefused() {
        for (var location : List.of("file:///etc/passwd", "ftp://localhost/x", "http://", "")) {
            hub.server.fails("GET", LISTING, new Fault.Status(302, location.isEmpty() ? Map.of() : Map.of("Location", location)));
            refused(Reason.DAMAGED, "no safe address");
        }
        hub.server.rename("org/tiny", "org/tiny");
        refused(Reason.DAMAGED, "circle of redirects");
    }

    @Test
    void theTokenDoesNotComeBackAfterADetour() {
        var hubPort = hub.server.endpoint().getPort();
        hub.server.fails("GET", LISTING, new Fault.Status(302, Map.of("Location", "http://localhost:" + hubPort + "/detour")))
                .fails("GET", "/detour", new Fault.Status(302, Map.of("Location", hub.server.endpoint() + "/back")))
                .fails("GET", "/back", new Fault.Status(418, Map.of()));
        assertThrows(HubException.class, () -> hub.hub("HF_TOKEN", "hf_x").folder("org/tiny", hub.listener));
        assertEquals(List.of("Bearer hf_x", "", ""), hub.server.seen().stream().map(s -> s.authorization().orElse("")).toList());
    }

    @Test
    void anAnswerForAnotherCommitIsRefused() {
        hub.server.fails("HEAD", "/config.json", new Fault.Header("X-Repo-Commit", "f".repeat(40)));
        refused(Reason.DAMAGED, "was asked for");
    }

    // ---- waiting ----

    @Test
    void retryAfterIsReadAsSecondsOrDate() {
        var now = ZonedDateTime.of(2026, 1, 2, 3, 4, 5, 0, ZoneOffset.UTC);
        assertEquals(Duration.ofSeconds(120), Retries.retryAfter(" 120 ", now).orElseThrow());
        assertEquals(Duration.ofSeconds(30),
                Retries.retryAfter(DateTimeFormatter.RFC_1123_DATE_TIME.format(now.plusSeconds(30)), now).orElseThrow());
        assertEquals(Duration.ZERO, Retries.retryAfter("Wed, 21 Oct 2015 07:28:00 GMT", now).orElseThrow());
        assertTrue(Retries.retryAfter("soon", now).isEmpty() && Retries.retryAfter("-5", now).isEmpty());
    }
}
