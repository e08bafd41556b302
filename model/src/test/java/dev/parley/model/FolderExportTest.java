package dev.parley.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.files.Golden;
import dev.parley.kernels.DType;
import dev.parley.model.InferenceSession.Feed;
import dev.parley.weights.SafetensorsWriter;
import dev.parley.weights.ShardSize;
import dev.parley.weights.TensorData;
import dev.parley.weights.ThreeForms;
import dev.parley.weights.WeightFiles;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Any form of weights becomes a folder of safetensors that holds the same numbers, in files of the size asked for. */
class FolderExportTest {

    private static final ShardSize SMALL = ShardSize.parse("2kB");

    @TempDir
    Path folder;

    private Path safetensors;
    private Path out;

    @BeforeEach
    void forms() throws IOException {
        safetensors = ThreeForms.safetensors(folder.resolve("safetensors"));
        out = folder.resolve("out");
    }

    private static void assertSameWeights(Path expected, Path actual) throws IOException {
        try (var one = WeightFiles.open(expected); var other = WeightFiles.open(actual)) {
            assertEquals(Set.copyOf(one.names()), Set.copyOf(other.names()));
            for (var name : one.names()) {
                assertEquals(one.info(name).dtype(), other.info(name).dtype(), name);
                assertEquals(-1, one.bytes(name).mismatch(other.bytes(name)), name);
            }
        }
    }

    private static List<String> weightFiles(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).filter(f -> f.contains("safetensors")).sorted().toList();
        }
    }

    private static float[] scores(Path folder) {
        try (var model = CausalLM.fromPretrained(folder, WeightType.FLOAT32, DType.FLOAT32, Backend.JAVA);
                var session = model.openSession(0); var text = session.open()) {
            return session.feed(List.of(Feed.of(text, 3, 1, 4, 1, 5, 9, 2, 6))).getFirst().scores()[0];
        }
    }

    @Test
    void everyFormGivesTheSameScoresAsItLies() throws Exception {
        assertArrayEquals(scores(safetensors), scores(ThreeForms.h5(folder.resolve("h5"))));
        assertArrayEquals(scores(safetensors), scores(ThreeForms.checkpoint(folder.resolve("checkpoint"))));
    }

    @Test
    void everyFormBecomesTheSameSafetensors() throws Exception {
        var checkpoint = ThreeForms.checkpoint(folder.resolve("checkpoint"));
        Files.writeString(checkpoint.resolve("encoder.json"), "{\"a\":0}");
        Files.writeString(checkpoint.resolve("vocab.bpe"), "#version: 0.2\n");
        FolderExport.write(checkpoint, out, Optional.empty(), ShardSize.DEFAULT);
        assertSameWeights(safetensors, out);
        assertEquals(40, ModelConfig.read(out.resolve("config.json")).vocabSize());
        assertEquals(List.of(39), ModelConfig.read(out.resolve("config.json")).eosTokenIds());
        assertEquals("{\"a\":0}", Files.readString(out.resolve("vocab.json")));
        assertTrue(Files.exists(out.resolve("merges.txt")));

        FolderExport.write(ThreeForms.h5(folder.resolve("h5")), out, Optional.empty(), SMALL);
        assertSameWeights(safetensors, out);
        assertFalse(Files.exists(out.resolve("vocab.json")), "the tokenizer of another model stays");
    }

    @Test
    void goldenPickleBecomesSafetensorsWithoutItsBuffers() throws Exception {
        FolderExport.write(Golden.folder("gpt2-tiny-bin"), out, Optional.empty(), ShardSize.DEFAULT);
        assertSameWeights(Golden.folder("gpt2-tiny"), out);
        FolderExport.write(Golden.folder("gpt2-tiny-sharded"), out, Optional.empty(), ShardSize.parse("100kB"));
        assertSameWeights(Golden.folder("gpt2-tiny"), out);
    }

    @Test
    void theTypeIsOfAllWeightsAndInTheConfig() throws Exception {
        for (var dtype : List.of(DType.BFLOAT16, DType.FLOAT16, DType.FLOAT32)) {
            FolderExport.write(safetensors, out, Optional.of(dtype), ShardSize.DEFAULT);
            assertTrue(Files.readString(out.resolve("config.json"))
                    .contains("\"torch_dtype\" : \"" + dtype.name().toLowerCase(Locale.ROOT) + "\""));
            try (var written = WeightFiles.open(out)) {
                for (var name : written.names()) assertEquals(dtype, written.info(name).dtype());
            }
        }
    }

    @Test
    void shardsHoldWhatFitsAndTheIndexSaysWhere() throws Exception {
        FolderExport.write(safetensors, out, Optional.empty(), SMALL);
        var files = weightFiles(out);
        assertEquals(String.format(Locale.ROOT, "model-00001-of-%05d.safetensors", files.size() - 1), files.getFirst());
        assertEquals("model.safetensors.index.json", files.getLast());
        assertTrue(files.size() > 4, files.toString());
        var index = Golden.json(out.resolve("model.safetensors.index.json"));
        assertEquals(4 * (40 * 4 + 16 * 4 + 8 + 9 * 244), index.path("metadata").path("total_size").asLong());
        for (var file : files.subList(0, files.size() - 1)) {
            try (var shard = WeightFiles.openFile(out.resolve(file))) {
                var bytes = shard.names().stream().mapToLong(n -> shard.info(n).elements() * 4).sum();
                assertTrue(bytes <= 2000, file + " has " + bytes);
                for (var name : shard.names()) assertEquals(file, index.path("weight_map").path(name).asText());
            }
        }
        assertSameWeights(safetensors, out);
        assertArrayEquals(scores(safetensors), scores(out));
    }

    @Test
    void aTensorLargerThanAFileMayBeHasOneOfItsOwn() throws Exception {
        FolderExport.write(safetensors, out, Optional.empty(), ShardSize.parse("1"));
        assertEquals(4 + 9 * 12 + 1, weightFiles(out).size());
        assertSameWeights(safetensors, out);
    }

    @Test
    void anEarlierSaveIsGoneAfterALaterOne() throws Exception {
        for (var size : List.of("2kB", "4kB", "5GB", "3kB", "3kB", "1MB")) {
            FolderExport.write(safetensors, out, Optional.empty(), ShardSize.parse(size));
            assertSameWeights(safetensors, out);
            var named = new HashSet<String>();
            if (weightFiles(out).contains("model.safetensors")) {
                named.add("model.safetensors");
            } else {
                named.add("model.safetensors.index.json");
                for (var shard : Golden.json(out.resolve("model.safetensors.index.json")).path("weight_map")) named.add(shard.asText());
            }
            assertEquals(named, Set.copyOf(weightFiles(out)));
        }
    }

    @Test
    void aConversionThatFailsHalfwayLeavesNoModel() throws Exception {
        var checkpoint = ThreeForms.checkpoint(folder.resolve("checkpoint"));
        FolderExport.write(checkpoint, out, Optional.empty(), SMALL);
        try (var data = new RandomAccessFile(checkpoint.resolve("model.ckpt.data-00000-of-00001").toFile(), "rw")) {
            data.seek(data.length() - 2); // only a tensor of the last shard is damaged
            data.write(77);
        }
        assertThrows(RuntimeException.class, () -> FolderExport.write(checkpoint, out, Optional.empty(), SMALL));
        assertFalse(Files.exists(out.resolve("config.json")));
        assertFalse(Files.exists(out.resolve("model.safetensors.index.json")), "shards of two conversions are joined");
        assertThrows(ModelException.class, () -> CausalLM.fromPretrained(out));
        try (var files = Files.list(out)) {
            assertTrue(files.noneMatch(f -> f.toString().endsWith(".part")));
        }
    }

    @Test
    void whatCannotBeDoneIsSaid() throws Exception {
        assertThrows(ModelException.class, () -> FolderExport.write(safetensors, safetensors, Optional.empty(), SMALL));
        assertTrue(Files.exists(safetensors.resolve("config.json")));
        for (var wrong : List.of("", "many", "-5MB", "0", "5XB", "1e9"))
            assertThrows(IllegalArgumentException.class, () -> ShardSize.parse(wrong), wrong);
        assertEquals(5_000_000_000L, ShardSize.parse("5GB").bytes());
        assertEquals(1L << 29, ShardSize.parse("512 MiB").bytes());
        assertEquals(1_500_000, ShardSize.parse("1.5mb").bytes());
        var large = ThreeForms.safetensors(folder.resolve("large")).resolve("model.safetensors");
        try (var weights = WeightFiles.openFile(large)) {
            var tensors = weights.names().stream()
                    .map(name -> name.endsWith("ln_f.bias") ? RandomModels.of(name, new float[] {1e5f, 1e5f, 1e5f, 1e5f}, 4)
                            : TensorData.of(name, weights.info(name).dtype(), weights.info(name).shape(), weights.bytes(name)))
                    .toList();
            SafetensorsWriter.write(large, tensors);
        }
        var fault = assertThrows(ModelException.class,
                () -> FolderExport.write(folder.resolve("large"), out, Optional.of(DType.FLOAT16), SMALL));
        assertTrue(fault.getMessage().contains("ln_f.bias") && fault.getMessage().contains("float16"), fault.getMessage());
    }
}
