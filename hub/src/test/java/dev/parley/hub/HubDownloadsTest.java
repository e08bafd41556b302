package dev.parley.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.files.ChildProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What a pull brings, where it puts it, and what it does not fetch a second time. */
@Execution(ExecutionMode.CONCURRENT)
class HubDownloadsTest {

    @TempDir
    Path folder;

    private HubFixture hub;

    @BeforeEach
    void serve() throws IOException {
        hub = new HubFixture(folder);
    }

    @AfterEach
    void stop() {
        hub.close();
    }

    private static Set<String> names(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
        }
    }

    @Test
    void aPullBringsWhatAModelIsMadeOfInPythonsLayout() throws IOException {
        var pulled = hub.hub().pull(HubFixture.TINY, hub.listener);
        var commit = hub.server.commit("org/tiny");
        assertEquals(hub.cached().resolve("snapshots").resolve(commit), pulled.path());
        assertEquals(Set.of("config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json",
                "model.safetensors"), names(pulled.path()));
        assertEquals(commit, Files.readString(hub.cached().resolve("refs/main")));
        var link = pulled.path().resolve("model.safetensors");
        assertEquals(Path.of("../../blobs", hub.weightsEtag()), Files.readSymbolicLink(link));
        assertArrayEquals(Files.readAllBytes(hub.weights()), Files.readAllBytes(link));
        assertEquals("{\"file\": \"config.json\"}\n", Files.readString(pulled.path().resolve("config.json")));
        assertEquals(6, names(hub.cached().resolve("blobs")).size());
        assertEquals(pulled.downloadedBytes(), hub.server.bytesServed());
        assertTrue(Files.isRegularFile(hub.home.resolve("hub/.locks/models--org--tiny").resolve(hub.weightsEtag() + ".lock")));
    }

    @Test
    void aSecondPullFetchesNothing() throws IOException {
        var first = hub.hub().pull(HubFixture.TINY, hub.listener);
        var requests = hub.server.seen().size();
        var second = hub.hub().pull(HubFixture.TINY, hub.listener);
        assertEquals(first.path(), second.path());
        assertEquals(0, second.downloadedBytes());
        assertEquals(requests + 1, hub.server.seen().size(), "only the list of files is asked for");
        assertEquals(first.path(), hub.hub().pull(new HubModel("org/tiny", first.commit()), hub.listener).path());
        assertEquals(requests + 1, hub.server.seen().size(), "a commit never changes, so that nothing is asked");
    }

    @Test
    void anUpdatedModelSharesWhatDidNotChange() throws IOException {
        var old = hub.hub().pull(HubFixture.TINY, hub.listener);
        Files.writeString(hub.served.resolve("org/tiny/tokenizer_config.json"), "{}");
        var now = hub.hub().pull(HubFixture.TINY, hub.listener);
        assertEquals(2, now.downloadedBytes());
        assertTrue(Files.exists(old.path().resolve("config.json")) && !old.path().equals(now.path()));
        assertEquals(now.commit(), Files.readString(hub.cached().resolve("refs/main")));
        assertEquals(old.path().resolve("model.safetensors").toRealPath(), now.path().resolve("model.safetensors").toRealPath());
    }

    @Test
    void revisionsWithSlashesAndOldNamesWork() throws IOException {
        HubFixture.writeModel(hub.served.resolve("org/tiny@v1.0"), 7);
        HubFixture.writeModel(hub.served.resolve("community/old"), 9);
        hub.server.rename("old", "community/old");
        var tagged = hub.hub().folder("org/tiny@v1.0", hub.listener);
        assertArrayEquals(HubFixture.bytes(7, HubFixture.WEIGHT_BYTES), Files.readAllBytes(tagged.resolve("model.safetensors")));
        assertEquals(hub.server.commit("org/tiny@v1.0"), Files.readString(hub.cached().resolve("refs/v1.0")));
        assertTrue(hub.hub().folder("old", hub.listener).startsWith(hub.home.resolve("hub/models--old/snapshots")));
    }

    @Test
    void shardsComeByTheirIndexAndOtherFormsOnlyWhereThereIsNoBetter() throws IOException {
        var model = hub.served.resolve("org/tiny");
        Files.move(model.resolve("model.safetensors"), model.resolve("model-00001-of-00002.safetensors"));
        Files.write(model.resolve("model-00002-of-00002.safetensors"), HubFixture.bytes(5, 1000));
        Files.write(model.resolve("model-00003-of-00003.safetensors"), HubFixture.bytes(6, 1000));
        Files.writeString(model.resolve("model.safetensors.index.json"),
                "{\"weight_map\": {\"a\": \"model-00001-of-00002.safetensors\", \"b\": \"model-00002-of-00002.safetensors\", \"c\": "
                        + "\"model-00002-of-00002.safetensors\"}}");
        var sharded = names(hub.hub().folder("org/tiny", hub.listener));
        assertTrue(sharded.containsAll(
                List.of("model.safetensors.index.json", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors")));
        assertEquals(8, sharded.size());
        Files.delete(model.resolve("model.safetensors.index.json"));
        assertTrue(names(hub.hub().folder("org/tiny", hub.listener)).contains("pytorch_model.bin"));
        Files.move(model.resolve("pytorch_model.bin"), model.resolve("tf_model.h5"));
        assertTrue(names(hub.hub().folder("org/tiny", hub.listener)).contains("tf_model.h5"));
    }

    @Test
    void oneFileOrATokenizerAloneCanBePulled() throws IOException {
        Files.write(hub.served.resolve("org/tiny/tiny-q8.gguf"), HubFixture.bytes(3, 5000));
        var file = hub.hub().pullFile(HubFixture.TINY, "tiny-q8.gguf", hub.listener);
        assertArrayEquals(HubFixture.bytes(3, 5000), Files.readAllBytes(file.path()));
        var tokenizer = hub.hub().tokenizerFolder("org/tiny", hub.listener);
        assertTrue(Files.exists(tokenizer.resolve("tokenizer.json")) && !Files.exists(tokenizer.resolve("model.safetensors")));
    }

    @Test
    void aPathOfThisMachineWins() throws IOException {
        var here = Files.createDirectories(folder.resolve("mine"));
        assertEquals(here, hub.hub().folder(here.toString(), hub.listener));
        assertEquals(here, Hub.resolve(here.toString()));
        assertTrue(hub.server.seen().isEmpty());
    }

    @Test
    void theTokenGoesToTheHubAndNowhereElse() throws IOException {
        hub.hub("HF_TOKEN", "hf_secret").pull(HubFixture.TINY, hub.listener);
        var byServer = hub.server.seen().stream().collect(Collectors.groupingBy(FakeHub.Seen::server));
        assertFalse(byServer.get("store").isEmpty());
        for (var request : byServer.get("store")) assertTrue(request.authorization().isEmpty(), request.toString());
        for (var request : byServer.get("hub")) assertEquals("Bearer hf_secret", request.authorization().orElse(""), request.toString());
    }

    @Test
    void theTokenIsReadFromItsFileUnlessThatIsForbidden() throws IOException {
        Files.createDirectories(hub.home);
        Files.writeString(hub.home.resolve("token"), "hf_of_file\n");
        hub.server.gate("org/tiny", "hf_of_file");
        var refused = assertThrows(HubException.class,
                () -> hub.hub("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1").pull(HubFixture.TINY, hub.listener));
        assertEquals(HubException.Reason.ACCESS, refused.reason());
        assertTrue(hub.hub().pull(HubFixture.TINY, hub.listener).downloadedBytes() > 0);
    }

    @Test
    void offlineUsesWhatIsThereAndAsksNobody() throws IOException {
        var missing = assertThrows(HubException.class, () -> hub.hub("HF_HUB_OFFLINE", "1").folder("org/tiny", hub.listener));
        assertEquals(HubException.Reason.OFFLINE, missing.reason());
        assertTrue(missing.getMessage().contains("HF_HUB_OFFLINE"), missing.getMessage());
        assertTrue(hub.server.seen().isEmpty());
        var there = hub.hub().folder("org/tiny", hub.listener);
        var requests = hub.server.seen().size();
        assertEquals(there, hub.hub("HF_HUB_OFFLINE", "1").folder("org/tiny", hub.listener));
        assertEquals(there, hub.hub("TRANSFORMERS_OFFLINE", "yes").folder("org/tiny@" + hub.server.commit("org/tiny"), hub.listener));
        assertEquals(requests, hub.server.seen().size());
    }

    @Test
    void whatIsThereServesWhenTheHubIsOutOfReach() throws IOException {
        var there = hub.hub().folder("org/tiny", hub.listener);
        hub.server.close();
        assertEquals(there, hub.hub().folder("org/tiny", hub.listener));
        assertTrue(hub.notes.getLast().contains("cannot be reached"), hub.notes.toString());
        var missing = assertThrows(HubException.class, () -> hub.hub().folder("org/other", hub.listener));
        assertEquals(HubException.Reason.UNREACHABLE, missing.reason());
        assertTrue(missing.getMessage().contains("There is no folder org/other here") && missing.getMessage().contains("refused"),
                missing.getMessage());
    }

    /** As huggingface_hub 0.36 leaves it: blobs, refs without a line end, relative links, markers of what does not exist. */
    @Test
    void aCacheThatPythonMadeIsReadAndCompleted() throws IOException {
        var commit = "0123456789abcdef0123456789abcdef01234567";
        var snapshot = Files.createDirectories(hub.home.resolve("hub/models--org--made/snapshots/" + commit));
        var blobs = Files.createDirectories(hub.home.resolve("hub/models--org--made/blobs"));
        Files.writeString(Files.createDirectories(hub.home.resolve("hub/models--org--made/refs")).resolve("main"), commit);
        Files.createFile(
                Files.createDirectories(hub.home.resolve("hub/models--org--made/.no_exist/" + commit)).resolve("chat_template.jinja"));
        for (var name : List.of("config.json", "model.safetensors")) {
            Files.writeString(blobs.resolve("b" + name.length()), name);
            Files.createSymbolicLink(snapshot.resolve(name), Path.of("../../blobs/b" + name.length()));
        }
        assertEquals(snapshot, hub.hub("HF_HUB_OFFLINE", "1").folder("org/made", hub.listener));
        Files.delete(blobs.resolve("b" + "model.safetensors".length()));
        assertThrows(HubException.class, () -> hub.hub("HF_HUB_OFFLINE", "1").folder("org/made", hub.listener),
                "a link without its blob is no file");

        // Python has fetched config.json of the served model: the rest is added to the same snapshot.
        var tiny = Files.createDirectories(hub.cached().resolve("snapshots").resolve(hub.server.commit("org/tiny")));
        var config = hub.server.etag(hub.served.resolve("org/tiny/config.json"));
        Files.copy(hub.served.resolve("org/tiny/config.json"), Files.createDirectories(hub.cached().resolve("blobs")).resolve(config));
        Files.createSymbolicLink(tiny.resolve("config.json"), Path.of("../../blobs").resolve(config));
        assertEquals(tiny, hub.hub().folder("org/tiny", hub.listener));
        assertEquals(0, hub.server.count("GET", "/config.json"));
        assertTrue(Files.exists(tiny.resolve("model.safetensors")));
    }

    @Test
    void withoutLinksThereAreCopies() throws IOException {
        var pulled = hub.hub("HF_HUB_DISABLE_SYMLINKS", "1").pull(HubFixture.TINY, hub.listener);
        assertFalse(Files.isSymbolicLink(pulled.path().resolve("model.safetensors")));
        assertArrayEquals(Files.readAllBytes(hub.weights()), Files.readAllBytes(pulled.path().resolve("model.safetensors")));
        assertEquals(0, hub.hub("HF_HUB_DISABLE_SYMLINKS", "1").pull(HubFixture.TINY, hub.listener).downloadedBytes());
    }

    @Test
    void manyThreadsAtOnceDownloadOnce() throws Exception {
        hub.server.slow(1_000_000);
        try (var pool = Executors.newFixedThreadPool(5)) {
            var pulls = IntStream.range(0, 5).<Callable<Path>>mapToObj(_ -> () -> hub.hub().folder("org/tiny", hub.listener)).toList();
            var results = new TreeSet<Path>();
            for (var result : pool.invokeAll(pulls)) results.add(result.get());
            assertEquals(1, results.size());
        }
        assertEquals(1, hub.server.count("GET", hub.weightsEtag() + "/model.safetensors"));
        assertTrue(hub.notes.stream().anyMatch(n -> n.startsWith("Waiting for another program")), hub.notes.toString());
    }

    @Test
    void twoProcessesAtOnceDownloadOnce() throws Exception {
        hub.server.slow(400_000);
        try (var first = pullingProcess(); var second = pullingProcess()) {
            for (var pull : List.of(first, second)) {
                var err = new String(pull.process().getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
                assertEquals(0, pull.exitCode(), err);
            }
        }
        assertEquals(1, hub.server.count("GET", hub.weightsEtag() + "/model.safetensors"));
    }

    @Test
    void aKilledProcessLeavesNothingThatLooksWholeAndTheNextGoesOn() throws Exception {
        hub.server.slow(150_000);
        var partial = hub.cached().resolve("blobs").resolve(hub.weightsEtag() + ".incomplete");
        try (var pull = pullingProcess()) {
            while (pull.isAlive() && !(Files.exists(partial) && Files.size(partial) > 50_000)) Thread.sleep(5);
        } // killed
        var there = Files.size(partial);
        assertFalse(Files.exists(hub.cached().resolve("snapshots")) || Files.exists(hub.cached().resolve("refs")));
        hub.server.slow(Long.MAX_VALUE);
        var done = new ArrayList<Long>();
        var pulled = hub.hub().pull(HubFixture.TINY, new HubListener() {
            @Override
            public void at(long now, long total) {
                done.add(now);
                assertTrue(now <= total);
            }
        });
        assertArrayEquals(Files.readAllBytes(hub.weights()), Files.readAllBytes(pulled.path().resolve("model.safetensors")));
        assertTrue(pulled.downloadedBytes() <= HubFixture.WEIGHT_BYTES + 1000 - there, pulled.downloadedBytes() + " after " + there);
        assertTrue(done.getLast() >= HubFixture.WEIGHT_BYTES);
    }

    private ChildProcess pullingProcess() throws IOException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var builder = new ProcessBuilder(java, "-cp", System.getProperty("java.class.path"), PullOnce.class.getName(), "org/tiny");
        builder.environment().putAll(hub.environment());
        return ChildProcess.start(builder);
    }

    @Test
    void anInterruptStopsSoonAndKeepsWhatHasCome() throws Exception {
        hub.server.slow(100_000);
        var partial = hub.cached().resolve("blobs").resolve(hub.weightsEtag() + ".incomplete");
        var main = Thread.currentThread();
        var watcher = Thread.ofVirtual().start(() -> {
            try {
                while (!Files.exists(partial) || Files.size(partial) < 30_000) Thread.sleep(5);
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
            main.interrupt();
        });
        var stopped = assertThrows(HubException.class, () -> hub.hub().pull(HubFixture.TINY, hub.listener));
        assertTrue(Thread.interrupted());
        watcher.join();
        assertEquals(HubException.Reason.INTERRUPTED, stopped.reason());
        var there = Files.size(partial);
        assertTrue(there >= 30_000 && there < HubFixture.WEIGHT_BYTES);
        hub.server.slow(Long.MAX_VALUE);
        assertTrue(hub.hub().pull(HubFixture.TINY, hub.listener).downloadedBytes() <= HubFixture.WEIGHT_BYTES + 1000 - there);
    }
}
