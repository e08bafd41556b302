package dev.parley.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.hub.HubException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lies in the cache, and what taking it out leaves. */
class HubCacheTest {

    @TempDir
    Path folder;

    private HubFixture hub;
    private HubCache cache;

    @BeforeEach
    void serve() throws IOException {
        hub = new HubFixture(folder);
        cache = hub.hub().cache();
    }

    @AfterEach
    void stop() {
        hub.close();
    }

    /** Two revisions that share all but one small file. */
    private List<String> pullTwo() throws IOException {
        var old = hub.hub().pull(HubFixture.TINY, hub.listener).commit();
        Files.writeString(hub.served.resolve("org/tiny/tokenizer_config.json"), "{}");
        return List.of(old, hub.hub().pull(HubFixture.TINY, hub.listener).commit());
    }

    @Test
    void modelsAreListedWithTheirSizes() throws IOException {
        assertTrue(cache.models().isEmpty());
        var commits = pullTwo();
        Files.createDirectories(cache.root().resolve("datasets--org--data"));
        Files.createDirectories(cache.root().resolve("models--..--evil"));
        Files.write(hub.cached().resolve("blobs/abc.incomplete"), new byte[500]);
        var models = cache.models();
        assertEquals(List.of("org/tiny"), models.stream().map(CachedModel::id).toList());
        var tiny = models.getFirst();
        assertEquals(500, tiny.partialBytes());
        assertTrue(tiny.bytes() > HubFixture.WEIGHT_BYTES && tiny.bytes() < HubFixture.WEIGHT_BYTES + 2000,
                "the shared weights count once: " + tiny.bytes());
        assertTrue(tiny.lastUsed().isPresent());
        assertEquals(2, tiny.revisions().size());
        for (var revision : tiny.revisions()) {
            assertTrue(revision.whole() && revision.files() == 6 && revision.bytes() > HubFixture.WEIGHT_BYTES);
            assertEquals(revision.commit().equals(commits.getLast()) ? List.of("main") : List.of(), revision.refs());
        }
    }

    @Test
    void whatLacksItsWeightsIsNotWhole() throws IOException {
        var pulled = hub.hub().pull(HubFixture.TINY, hub.listener);
        Files.delete(hub.cached().resolve("blobs").resolve(hub.weightsEtag()));
        assertFalse(cache.find("org/tiny").orElseThrow().revisions().getFirst().whole());
        assertEquals(HubFixture.WEIGHT_BYTES, hub.hub().pull(HubFixture.TINY, hub.listener).downloadedBytes(),
                "a link whose blob is gone is mended");
        assertTrue(Files.isRegularFile(pulled.path().resolve("model.safetensors")));
    }

    @Test
    void aRevisionGoesWithoutWhatOthersShare() throws IOException {
        var commits = pullTwo();
        var removed = cache.remove("org/tiny", commits.getFirst().substring(0, 10));
        assertEquals(List.of(commits.getFirst()), removed.commits());
        assertTrue(removed.bytes() > 0 && removed.bytes() < 100, "only the one small file: " + removed.bytes());
        assertTrue(Files.isDirectory(hub.hub("HF_HUB_OFFLINE", "1").folder("org/tiny", hub.listener)));
        cache.remove("org/tiny", "main");
        assertFalse(Files.exists(hub.cached()), "with its last revision a model is gone");
    }

    @Test
    void theBranchsRevisionGoesWithItsRef() throws IOException {
        var commits = pullTwo();
        assertEquals(List.of(commits.getLast()), cache.remove("org/tiny", "main").commits());
        assertFalse(Files.exists(hub.cached().resolve("refs/main")));
        assertTrue(hub.hub("HF_HUB_OFFLINE", "1").folder("org/tiny@" + commits.getFirst(), hub.listener).endsWith(commits.getFirst()));
    }

    @Test
    void aModelGoesWholly() throws IOException {
        var bytes = cache.find("org/tiny").map(CachedModel::bytes).orElse(0L);
        pullTwo();
        Files.write(hub.cached().resolve("blobs/abc.incomplete"), new byte[500]);
        var removed = cache.remove("org/tiny");
        assertEquals(2, removed.commits().size());
        assertTrue(removed.bytes() > bytes + HubFixture.WEIGHT_BYTES);
        assertFalse(Files.exists(hub.cached()) || Files.exists(hub.home.resolve("hub/.locks/models--org--tiny")));
        assertEquals(Reason.NO_MODEL, assertThrows(HubException.class, () -> cache.remove("org/tiny")).reason());
        assertTrue(Files.exists(hub.weights()));
    }

    @Test
    void linksOutOfTheCacheAreNotFollowedWhenAModelGoes() throws IOException {
        hub.hub().pull(HubFixture.TINY, hub.listener);
        var precious = Files.createDirectories(folder.resolve("precious"));
        Files.writeString(precious.resolve("file"), "mine");
        Files.createSymbolicLink(hub.cached().resolve("blobs/elsewhere"), precious);
        cache.remove("org/tiny");
        assertEquals("mine", Files.readString(precious.resolve("file")));
    }

    @Test
    void whatIsBeingDownloadedIsNotRemoved() throws IOException {
        pullTwo();
        Files.write(hub.cached().resolve("blobs/abc.incomplete"), new byte[500]);
        var place = cache.folder(HubFixture.TINY);
        try (var lock = BlobLock.tryTake(place.lock("abc")).orElseThrow()) {
            assertEquals(Reason.BUSY, assertThrows(HubException.class, () -> cache.remove("org/tiny")).reason());
        }
        assertTrue(Files.exists(hub.cached().resolve("refs/main")));
        cache.remove("org/tiny");
    }

    @Test
    void revisionsThatAreNotThereAreNamed() throws IOException {
        pullTwo();
        var none = assertThrows(HubException.class, () -> cache.remove("org/tiny", "v9"));
        assertTrue(none.reason() == Reason.NO_REVISION && none.getMessage().contains("no revision v9"), none.getMessage());
    }
}
