package dev.parley.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files as llama.cpp's llama-imatrix writes them. */
class ImportanceMatrixTest {

    @TempDir
    Path folder;

    private static GgufWriter.Tensor tensor(String name, int rows, float... numbers) {
        var columns = numbers.length / rows;
        return new GgufWriter.Tensor(name, GgmlType.F32, rows, columns, false,
                (first, count, into) -> System.arraycopy(numbers, first * columns, into, 0, count * columns));
    }

    /** Sums over 4 tokens of a matrix; of two experts over 2 tokens and none. */
    private Path gguf() throws IOException {
        var file = folder.resolve("imatrix.gguf");
        GgufWriter.write(file, Map.of("general.type", "imatrix", "imatrix.chunk_count", 7, "imatrix.chunk_size", 512,
                "imatrix.datasets", List.of("notes.txt")),
                List.of(tensor("blk.0.attn_q.weight.in_sum2", 1, 4, 8, 12), tensor("blk.0.attn_q.weight.counts", 1, 4),
                        tensor("blk.0.ffn_up_exps.weight.in_sum2", 2, 2, 3, 0, 0),
                        tensor("blk.0.ffn_up_exps.weight.counts", 2, 2, 0)));
        return file;
    }

    /** Mean squares times the number of calls. */
    private Path old() throws IOException {
        var name = "blk.0.attn_q.weight".getBytes(StandardCharsets.UTF_8);
        var bytes = ByteBuffer.allocate(200).order(ByteOrder.LITTLE_ENDIAN).putInt(1).putInt(name.length).put(name).putInt(2).putInt(3)
                .putFloat(2).putFloat(4).putFloat(6).putInt(9).putInt(5).put("notes".getBytes(StandardCharsets.UTF_8));
        var file = folder.resolve("imatrix.dat");
        Files.write(file, Arrays.copyOf(bytes.array(), bytes.position()));
        return file;
    }

    @Test
    void sumsAreDividedByTheTokensOfEachExpert() throws IOException {
        assertTrue(ImportanceMatrix.isIn(gguf()));
        var importance = ImportanceMatrix.read(gguf());
        assertEquals(7, importance.chunks());
        assertArrayEquals(new float[] {1, 2, 3}, importance.of("blk.0.attn_q.weight", 3, 1));
        assertArrayEquals(new float[] {1, 1.5f, 1, 1}, importance.of("blk.0.ffn_up_exps.weight", 2, 2)); // nobody asked the second
        assertEquals(0, importance.of("blk.9.ffn_up.weight", 2, 2).length);
        assertThrows(WeightFileException.class, () -> importance.of("blk.0.attn_q.weight", 4, 1));
    }

    @Test
    void theOlderFormIsReadToo() throws IOException {
        assertTrue(ImportanceMatrix.isIn(old()));
        var importance = ImportanceMatrix.read(old());
        assertEquals(9, importance.chunks());
        assertArrayEquals(new float[] {1, 2, 3}, importance.of("blk.0.attn_q.weight", 3, 1));
    }

    @Test
    void aTextIsNone() throws IOException {
        var text = folder.resolve("notes.txt");
        Files.writeString(text, "GGUE is a word");
        assertFalse(ImportanceMatrix.isIn(text));
        Files.writeString(text, "");
        assertFalse(ImportanceMatrix.isIn(text));
    }

    @Test
    void aModelIsNoImportanceMatrix() throws IOException {
        var file = folder.resolve("model.gguf");
        GgufWriter.write(file, Map.of("general.architecture", "llama"), List.of());
        assertTrue(
                assertThrows(WeightFileException.class, () -> ImportanceMatrix.read(file)).getMessage().contains("no importance matrix"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void damagedFilesEndInErrorsOfOurs(boolean older) throws IOException {
        var good = Files.readAllBytes(older ? old() : gguf());
        var damaged = folder.resolve(older ? "damaged.dat" : "damaged.gguf");
        var random = new SplittableRandom(6);
        var read = 0;
        for (int n = 0; n < 5_000; n++) {
            var bytes = n % 3 == 0 ? Arrays.copyOf(good, random.nextInt(good.length)) : good.clone();
            for (int k = 0; k <= random.nextInt(4) && bytes.length > 0; k++)
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            Files.write(damaged, bytes);
            try {
                ImportanceMatrix.read(damaged);
                read++;
            } catch (WeightFileException e) {
                assertTrue(e.getMessage().contains("damaged"), e.getMessage());
            }
        }
        assertTrue(read < 4_000, read + " damaged files were read");
    }
}
