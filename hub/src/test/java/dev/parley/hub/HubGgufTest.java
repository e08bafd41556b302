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
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models whose weights are GGUF files, by the names that users give. */
class HubGgufTest {

    @TempDir
    Path folder;

    private HubFixture hub;
    private Path served;

    @BeforeEach
    void serve() throws IOException {
        hub = new HubFixture(folder);
        served = Files.createDirectories(hub.served.resolve("org/tiny-GGUF"));
        for (var name : List.of("tiny-Q4_K_M.gguf", "tiny-q8_0.gguf", "mmproj-F16.gguf", "tiny-Q6_K-00001-of-00002.gguf",
                "tiny-Q6_K-00002-of-00002.gguf", "BF16/tiny-BF16.gguf", "README.md")) {
            Files.createDirectories(served.resolve(name).getParent());
            Files.writeString(served.resolve(name), name);
        }
    }

    @AfterEach
    void stop() {
        hub.close();
    }

    private String pulled(String name) throws IOException {
        var path = hub.hub().folder(name, hub.listener);
        assertTrue(Files.isRegularFile(path), path + " is a file");
        return Files.readString(path);
    }

    @Test
    void aQuantisationIsAFileOfTheModel() throws IOException {
        assertEquals("tiny-q8_0.gguf", pulled("org/tiny-GGUF:Q8_0"));
        assertEquals("tiny-Q4_K_M.gguf", pulled("org/tiny-GGUF:q4_k_m@main"));
        assertEquals("BF16/tiny-BF16.gguf", pulled("org/tiny-GGUF:BF16"));
        var snapshot = hub.home.resolve("hub/models--org--tiny-GGUF/snapshots").resolve(hub.server.commit("org/tiny-GGUF"));
        assertFalse(Files.exists(snapshot.resolve("tiny-Q6_K-00001-of-00002.gguf")), "nothing else is fetched");
        assertFalse(Files.exists(snapshot.resolve("README.md")), "nothing else is fetched");
    }

    @Test
    void aFileInPiecesIsPulledWhole() throws IOException {
        var first = hub.hub().folder("org/tiny-GGUF:Q6_K", hub.listener);
        assertEquals("tiny-Q6_K-00001-of-00002.gguf", first.getFileName().toString());
        assertEquals("tiny-Q6_K-00002-of-00002.gguf", Files.readString(first.resolveSibling("tiny-Q6_K-00002-of-00002.gguf")));
        Files.delete(served.resolve("tiny-Q6_K-00002-of-00002.gguf"));
        assertEquals(Reason.DAMAGED, assertThrows(HubException.class, () -> pulled("org/tiny-GGUF:Q6_K")).reason());
    }

    @Test
    void aModelThatHasOnlyGgufNeedsNoQuantisation() throws IOException {
        assertEquals("tiny-Q4_K_M.gguf", pulled("org/tiny-GGUF"));
        Files.delete(served.resolve("tiny-Q4_K_M.gguf"));
        Files.writeString(served.resolve("config.json"), "{}"); // a config without weights is no model
        assertEquals("tiny-q8_0.gguf", pulled("org/tiny-GGUF"));
    }

    @Test
    void safetensorsAreLoadedWhereBothAreThere() throws IOException {
        Files.writeString(hub.served.resolve("org/tiny/tiny-Q4_K_M.gguf"), "gguf");
        assertTrue(Files.isDirectory(hub.hub().folder("org/tiny", hub.listener)));
        assertEquals("gguf", pulled("org/tiny:Q4_K_M"));
        assertTrue(Files.isDirectory(hub.hub().folder("org/tiny", hub.listener)));
    }

    @Test
    void whatIsNotThereIsToldWithWhatIs() {
        var fault = assertThrows(HubException.class, () -> pulled("org/tiny-GGUF:Q3_K_S"));
        assertEquals(Reason.NO_FILE, fault.reason());
        assertEquals("org/tiny-GGUF:Q3_K_S has no such GGUF file. It has BF16, Q4_K_M, Q6_K, Q8_0.", fault.getMessage());
        assertEquals(Reason.NO_FILE, assertThrows(HubException.class, () -> pulled("org/tiny:Q4_K_M")).reason());
    }

    @Test
    void whatWasPulledServesWithoutANetwork() throws IOException {
        pulled("org/tiny-GGUF:Q8_0");
        var offline = hub.hub("HF_HUB_OFFLINE", "1");
        assertEquals("tiny-q8_0.gguf", Files.readString(offline.folder("org/tiny-GGUF:Q8_0", hub.listener)));
        assertEquals("tiny-q8_0.gguf", Files.readString(offline.folder("org/tiny-GGUF", hub.listener)));
        assertEquals(Reason.OFFLINE,
                assertThrows(HubException.class, () -> offline.folder("org/tiny-GGUF:Q4_K_M", hub.listener)).reason());
    }

    @Test
    void namesOfFilesSayHowTheirNumbersAreKept() {
        for (var file : List.of("a-Q4_K_M.gguf", "a.Q4_K_M.gguf", "x/a_q4_k_m.gguf", "Q4_K_M.gguf", "a-Q4_K_M-00001-of-00001.GGUF")) {
            assertEquals(List.of(file), GgufFiles.choose(List.of(file, "b-Q8_0.gguf"), Optional.of("Q4_K_M")), file);
        }
        for (var file : List.of("a-Q4_K_S.gguf", "a-UD-Q4_K_M.gguf", "a-Q4_K_M.bin", "mmproj-Q4_K_M.gguf", "../a-Q4_K_M.gguf",
                "a-Q4_K_M.imatrix.gguf", "a-Q4_K_M-00002-of-00002.gguf")) {
            assertEquals(List.of(), GgufFiles.choose(List.of(file), Optional.of("Q4_K_M")), file);
        }
        for (var text : List.of("org/a:", "org/a:Q4/K", "org/a:../x", "org/a:Q4:K", "org/a:" + "x".repeat(40), "a:b/c"))
            assertTrue(HubModel.find(text).isEmpty(), text);
        assertEquals(new HubModel("org/a", "v1", Optional.of("Q4_K_M")), HubModel.parse("org/a:Q4_K_M@v1"));
        assertEquals("org/a:Q4_K_M@v1", HubModel.parse("org/a:Q4_K_M@v1").toString());
    }
}
