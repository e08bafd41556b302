package dev.parley.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.hub.FakeHub.Fault;
import dev.parley.hub.HubException.Reason;
import dev.parley.kernels.DType;
import dev.parley.weights.GgmlType;
import dev.parley.weights.Gguf;
import dev.parley.weights.GgufWriter;
import dev.parley.weights.SafetensorsWriter;
import dev.parley.weights.TensorData;
import dev.parley.weights.WeightFiles;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Models are looked at before they are downloaded: headers come, weights do not. */
@Execution(ExecutionMode.CONCURRENT)
class HubOutlineTest {

    private static final int NUMBERS = 1 << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private HubFixture hub;
    private Path served;

    @BeforeEach
    void serve() throws IOException {
        hub = new HubFixture(folder);
        served = Files.createDirectories(hub.served.resolve("org/real"));
        Files.writeString(served.resolve("config.json"), "{\"model_type\": \"llama\"}");
        Files.writeString(served.resolve("tokenizer.json"), "{}".repeat(100_000));
        SafetensorsWriter.write(served.resolve("model.safetensors"), List.of(zeros("a", 2, NUMBERS)));
    }

    @AfterEach
    void stop() {
        hub.close();
    }

    private static TensorData zeros(String name, long... shape) {
        var bytes = new byte[Math.toIntExact(4 * Arrays.stream(shape).reduce(1, Math::multiplyExact))];
        return TensorData.of(name, DType.FLOAT32, shape, MemorySegment.ofArray(bytes));
    }

    private Outline outline(String name, String... environment) {
        return hub.hub(environment).outline(HubModel.parse(name), hub.listener);
    }

    @Test
    void aModelOpensWithItsShapesWhenOnlyItsHeadersHaveCome() throws IOException {
        Path copy;
        try (var outline = outline("org/real")) {
            copy = outline.path().orElseThrow();
            try (var weights = WeightFiles.open(copy)) {
                assertEquals("(2, " + NUMBERS + ")", weights.info("a").shapeText());
            }
            assertEquals(Files.size(served.resolve("model.safetensors")),
                    outline.card().orElseThrow().size("model.safetensors").orElseThrow());
            assertEquals(OptionalLong.of(200_000), outline.card().orElseThrow().size("tokenizer.json"));
            assertEquals(List.of("config.json", "tokenizer.json", "model.safetensors"),
                    outline.needed().stream().map(ModelListing.File::name).toList());
            assertEquals(outline.needed().stream().mapToLong(f -> f.size().orElseThrow()).sum(), outline.missing());
            assertFalse(outline.isHere());
        }
        assertTrue(hub.server.bytesServed() < 300_000, hub.server.bytesServed() + " bytes came");
        assertFalse(Files.exists(copy), "the copy goes when it is closed");
        assertTrue(hub.server.seen().stream().filter(s -> s.server().equals("store")).allMatch(s -> s.range().isPresent()), "only ranges");
        assertFalse(Files.exists(hub.home.resolve("hub/models--org--real/snapshots")), "nothing looks downloaded");
    }

    @Test
    void whoGivesNoRangesIsNotReadToTheEnd() throws IOException {
        SafetensorsWriter.write(served.resolve("model.safetensors"), List.of(zeros("a", 20, NUMBERS)));
        hub.server.fails("GET", "model.safetensors", new Fault.None(), new Fault.NoRanges());
        try (var outline = outline("org/real"); var weights = WeightFiles.open(outline.path().orElseThrow())) {
            assertEquals("(20, " + NUMBERS + ")", weights.info("a").shapeText());
        }
        assertTrue(hub.server.bytesServed() < 20 * NUMBERS, hub.server.bytesServed() + " bytes came");
    }

    @Test
    void aModelInShardsIsSeenWhole() throws IOException {
        Files.delete(served.resolve("model.safetensors"));
        SafetensorsWriter.write(served.resolve("m-1.safetensors"), List.of(zeros("a", 1, NUMBERS)));
        SafetensorsWriter.write(served.resolve("m-2.safetensors"), List.of(zeros("b", 3, NUMBERS)));
        Files.writeString(served.resolve("model.safetensors.index.json"),
                "{\"weight_map\": {\"a\": \"m-1.safetensors\", \"b\": \"m-2.safetensors\"}}");
        try (var outline = outline("org/real"); var weights = WeightFiles.open(outline.path().orElseThrow())) {
            assertEquals("(3, " + NUMBERS + ")", weights.info("b").shapeText());
            assertEquals(5, outline.needed().size());
        }
        assertTrue(hub.server.bytesServed() < 300_000, hub.server.bytesServed() + " bytes came");
    }

    private static void writeGguf(Path file, int tokens) throws IOException {
        var metadata = new LinkedHashMap<String, Object>(Map.of("general.architecture", "llama"));
        metadata.put("tokenizer.ggml.tokens", IntStream.range(0, tokens).mapToObj(i -> "token number " + i).toList());
        Files.createDirectories(file.getParent());
        GgufWriter.write(file, metadata, List.of(new GgufWriter.Tensor("a", GgmlType.F32, 3, NUMBERS, false, (first, count, into) -> {})));
    }

    @Test
    void aGgufFileIsReadAsFarAsItsSettingsGo() throws IOException {
        var file = hub.served.resolve("org/tiny-GGUF/tiny-Q8_0.gguf");
        writeGguf(file, 100_000);
        try (var outline = outline("org/tiny-GGUF:Q8_0"); var gguf = Gguf.open(outline.path().orElseThrow())) {
            assertEquals("token number 99999", gguf.texts("tokenizer.ggml.tokens").getLast());
            assertEquals(3L * NUMBERS, gguf.tensors().get("a").elements());
        }
        var header = Files.size(file) - 12L * NUMBERS;
        assertTrue(header > 2_000_000 && hub.server.bytesServed() < 2 * header,
                hub.server.bytesServed() + " bytes for a header of " + header);
    }

    @Test
    void aTypeThatIsNotReadIsNamedBeforeTheDownload() throws IOException {
        var file = hub.served.resolve("org/tiny-GGUF/tiny-IQ2_XXS.gguf");
        writeGguf(file, 10);
        var bytes = Files.readAllBytes(file);
        bytes[indexOf(bytes, "a") + 1 + 4 + 16] = 16; // IQ2_XXS, after the name, the number of dimensions and these
        Files.write(file, bytes);
        try (var outline = outline("org/tiny-GGUF")) {
            assertTrue(outline.path().isEmpty() && outline.refusal().orElseThrow().contains("IQ2_XXS"), outline.refusal().toString());
        }
        assertTrue(hub.server.bytesServed() <= 1 << 20, hub.server.bytesServed() + " bytes came");
    }

    /** Where the tensor's name begins: eight bytes of length, then it. */
    private static int indexOf(byte[] bytes, String name) {
        var searched = ByteBuffer.allocate(8 + name.length()).order(ByteOrder.LITTLE_ENDIAN).putLong(name.length())
                .put(name.getBytes(StandardCharsets.UTF_8)).array();
        for (int i = 0; i < 100_000; i++) if (Arrays.equals(searched, 0, searched.length, bytes, i, i + searched.length)) return i + 8;
        throw new AssertionError("no tensor " + name);
    }

    @Test
    void ofAGatedModelThereIsWhatTheHubSays() {
        hub.server.gate("org/real", "hf_right");
        try (var outline = outline("org/real")) {
            assertTrue(outline.path().isEmpty() && outline.card().orElseThrow().gated());
            assertTrue(outline.refusal().orElseThrow().contains("accept its terms at"), outline.refusal().toString());
            assertEquals(Optional.of("llama"), outline.card().orElseThrow().modelType());
        }
        try (var outline = outline("org/real", "HF_TOKEN", "hf_right")) {
            assertTrue(outline.path().isPresent());
        }
    }

    @Test
    void whatIsHereIsLookedAtHereAndOfflineSaysWhatItForbids() {
        var offline = assertThrows(HubException.class, () -> outline("org/real", "HF_HUB_OFFLINE", "1"));
        assertTrue(offline.reason() == Reason.OFFLINE && offline.getMessage().contains("HF_HUB_OFFLINE"), offline.getMessage());
        assertEquals(Reason.OFFLINE,
                assertThrows(HubException.class, () -> hub.hub("HF_HUB_OFFLINE", "1").search("x", 1, card -> true, hub.listener)).reason());
        var pulled = hub.hub().folder("org/real", hub.listener);
        try (var outline = outline("org/real"); var without = outline("org/real", "HF_HUB_OFFLINE", "1")) {
            assertTrue(outline.isHere() && outline.card().isPresent() && outline.missing() == 0);
            assertEquals(pulled, without.path().orElseThrow());
        }
        assertTrue(Files.isDirectory(pulled), "what was downloaded stays when the outline is closed");
    }

    @Test
    void whoInspectsADownloadCanKeepItAway() {
        var listener = new HubListener() {
            @Override
            public Optional<Consumer<Outline>> inspector() {
                return Optional.of(outline -> {
                    throw new IllegalArgumentException("not " + outline.model());
                });
            }
        };
        assertEquals("not org/real",
                assertThrows(IllegalArgumentException.class, () -> hub.hub().folder("org/real", listener)).getMessage());
        assertFalse(Files.exists(hub.home.resolve("hub/models--org--real/blobs")), "nothing came");
    }

    @Test
    void aSearchGoesOnUntilThereIsEnoughOfWhatIsWanted() throws IOException {
        for (var name : List.of("cat-1", "cat-2", "cat-3", "cat-4", "dog")) {
            var model = Files.createDirectories(hub.served.resolve("pets/" + name));
            Files.writeString(model.resolve("config.json"), "{\"model_type\": \"" + (name.endsWith("2") ? "bert" : "llama") + "\"}");
        }
        Files.writeString(hub.served.resolve("pets/cat-4.card.json"),
                "{\"downloads\": 5000, \"safetensors\": {\"total\": 7}, \"cardData\": "
                        + "{\"license\": \"other\", \"license_name\": \"meow\"}, \"gguf\": {\"architecture\": \"llama\", \"total\": 9}}");
        var found = hub.hub().search("cat pets", 3, card -> card.modelType().equals(Optional.of("llama")), hub.listener);
        assertEquals(List.of("pets/cat-1", "pets/cat-3", "pets/cat-4"), found.stream().map(ModelListing::id).toList());
        var last = found.getLast();
        assertEquals(List.of(5000L, Optional.of("meow"), OptionalLong.of(7), Optional.of("llama")),
                List.of(last.downloads(), last.license(), last.parameters(), last.ggufArchitecture()));
        assertEquals(Optional.of("mit"), found.getFirst().license());
    }

    @Test
    void answersThatAreNoSearchAreRefused() {
        for (var body : List.of("{}", "", "<html>", "[", "null", "\"x\"")) {
            hub.server.fails("GET", "/api/models", new Fault.Body(body.getBytes(StandardCharsets.UTF_8)));
            assertEquals(Reason.DAMAGED,
                    assertThrows(HubException.class, () -> hub.hub().search("x", 5, card -> true, hub.listener), body).reason());
        }
        hub.server.fails("GET", "/api/models",
                new Fault.Body("[1, {}, {\"id\": \"../x\"}, null, {\"id\": \"a/b\", \"downloads\": -1}]".getBytes(StandardCharsets.UTF_8)));
        assertEquals(List.of("a/b"), hub.hub().search("x", 5, card -> true, hub.listener).stream().map(ModelListing::id).toList());
    }

    @Test
    void aSizeThatNoDiskHasIsRefused() {
        for (var size : List.of("4611686018427387904", "9223372036854775807", "3")) {
            hub.server.fails("GET", "/revision/main",
                    new Fault.Body(("{\"sha\": \"" + "a".repeat(40) + "\", \"siblings\": [{\"rfilename\": "
                            + "\"config.json\", \"size\": 1}, {\"rfilename\": \"model.safetensors\", \"size\": " + size + "}]}")
                            .getBytes(StandardCharsets.UTF_8)));
            assertThrows(HubException.class, () -> outline("org/real"), size);
        }
    }

    @Test
    void mutatedAnswersAndHeadersAreErrorsOfOurs() throws IOException {
        var card = JSON.writeValueAsBytes(JSON.readTree("{\"id\": \"org/real\", \"sha\": \"" + hub.server.commit("org/real")
                + "\", \"downloads\": 12, \"gated\": false, \"tags\": [\"license:mit\"], \"cardData\": {\"license\": [\"mit\"]}, "
                + "\"safetensors\": {\"total\": 5}, \"gguf\": {\"total\": 5, \"architecture\": \"llama\"}, \"config\": {\"model_type\": "
                + "\"llama\"}, \"siblings\": [{\"rfilename\": \"config.json\", \"size\": 23}, {\"rfilename\": "
                + "\"model.safetensors\", \"size\": "
                + Files.size(served.resolve("model.safetensors")) + "}]}"));
        var weights = Files.readAllBytes(served.resolve("model.safetensors"));
        var header = Arrays.copyOf(weights, 200);
        int seen = 0, refused = 0;
        for (int i = 0; i < 5_000; i++) {
            var random = new Random(i);
            try {
                if (i % 10 > 0) {
                    ModelListing.of(JSON.readTree(mutated(card, random)));
                    seen++;
                    continue;
                }
                hub.server.fails("GET", "/revision/main", new Fault.Body(i % 20 == 0 ? card : mutated(card, random)));
                if (i % 20 == 0) hub.server.fails("GET", "/" + hub.server.etag(served.resolve("model.safetensors")) + "/model.safetensors",
                        new Fault.Body(mutated(header, random)));
                outline("org/real").close();
                seen++;
            } catch (HubException | JacksonException e) {
                refused++;
            } catch (IOException e) { // bytes that are no characters
                refused++;
            }
        }
        assertTrue(seen > 500 && refused > 500, seen + " seen, " + refused + " refused");
    }

    private static byte[] mutated(byte[] good, Random random) {
        var bytes = good.clone();
        for (int n = random.nextInt(1, 4); n > 0; n--) {
            var at = random.nextInt(bytes.length);
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes[at] = (byte) "\"{}[],:0919-.enult".charAt(random.nextInt(18));
                case 2 -> bytes = Arrays.copyOf(bytes, Math.max(1, at));
                default -> {
                    var piece = Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + random.nextInt(1, 20)));
                    var to = random.nextInt(bytes.length);
                    for (int i = 0; i < piece.length && to + i < bytes.length; i++) bytes[to + i] = piece[i];
                }
            }
        }
        return bytes;
    }
}
