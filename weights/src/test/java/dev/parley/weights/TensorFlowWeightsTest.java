package dev.parley.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jhdf.HdfFile;
import io.jhdf.api.dataset.ContiguousDataset;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TensorFlow's forms of GPT-2, written by h5py and TensorFlow, hold what the safetensors file beside them holds. */
class TensorFlowWeightsTest {

    @TempDir
    Path folder;

    private Path safetensors;
    private Path h5;
    private Path checkpoint;

    @BeforeEach
    void eachFormInAFolder() throws IOException {
        safetensors = ThreeForms.safetensors(folder.resolve("safetensors"));
        h5 = ThreeForms.h5(folder.resolve("h5"));
        checkpoint = ThreeForms.checkpoint(folder.resolve("checkpoint"));
    }

    private static void assertSameBits(Path expected, Path actual) throws IOException {
        try (var safe = WeightFiles.open(expected); var other = WeightFiles.open(actual)) {
            assertEquals(safe.names(), other.names());
            for (var name : safe.names()) {
                assertArrayEquals(safe.info(name).shape(), other.info(name).shape(), name);
                assertEquals(safe.info(name).dtype(), other.info(name).dtype(), name);
                assertEquals(-1, safe.bytes(name).mismatch(other.bytes(name)), name);
            }
        }
    }

    @Test
    void tfModelH5EqualsSafetensorsBitForBit() throws Exception {
        assertSameBits(safetensors, h5);
    }

    @Test
    void openAisCheckpointEqualsSafetensorsBitForBit() throws Exception {
        assertSameBits(safetensors, checkpoint);
    }

    @Test
    void everyDatasetIsWhereJhdfFindsIt() throws Exception {
        var file = h5.resolve("tf_model.h5");
        try (var channel = FileChannel.open(file); var arena = Arena.ofConfined(); var jhdf = new HdfFile(file)) {
            var datasets = Hdf5.datasets(file, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
            assertEquals(4 + 9 * 12, datasets.size());
            for (var dataset : datasets.values()) {
                var theirs = (ContiguousDataset) jhdf.getDatasetByPath("/" + dataset.path());
                assertEquals(theirs.getDataAddress(), dataset.address(), dataset.path());
                assertArrayEquals(theirs.getDimensionsAsLong(), dataset.shape(), dataset.path());
                assertEquals(theirs.getSizeInBytes(), dataset.size(), dataset.path());
            }
        }
    }

    @Test
    void theFileCheckpointMayNameAnother() throws Exception {
        Files.move(checkpoint.resolve("model.ckpt.index"), checkpoint.resolve("model-1000.index"));
        Files.move(checkpoint.resolve("model.ckpt.data-00000-of-00001"), checkpoint.resolve("model-1000.data-00000-of-00001"));
        Files.writeString(checkpoint.resolve("checkpoint"), "model_checkpoint_path: \"/home/someone/run1/model-1000\"\n");
        assertSameBits(safetensors, checkpoint);
    }

    @Test
    void safetensorsGoBeforeTensorFlow() throws Exception {
        Files.copy(h5.resolve("tf_model.h5"), safetensors.resolve("tf_model.h5"));
        try (var weights = WeightFiles.open(safetensors)) {
            assertEquals("model.safetensors", weights.file().getFileName().toString());
        }
        Files.copy(h5.resolve("tf_model.h5"), checkpoint.resolve("tf_model.h5"));
        try (var weights = WeightFiles.open(checkpoint)) {
            assertEquals("tf_model.h5", weights.file().getFileName().toString());
        }
    }

    @Test
    void aChangedNumberOfACheckpointIsFoundByItsChecksum() throws Exception {
        var file = checkpoint.resolve("model.ckpt.data-00000-of-00001");
        var bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        var fault = assertThrows(WeightFileException.class, () -> FuzzedWeightsTest.readAll(WeightFiles.open(checkpoint)));
        assertTrue(fault.getMessage().contains("checksum"), fault.getMessage());
    }
}
