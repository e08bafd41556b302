package dev.parley.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufShardsTest {

    @TempDir
    Path folder;

    private Path shard(int number, int of) {
        return folder.resolve("model-0000" + number + "-of-0000" + of + ".gguf");
    }

    /** A file of one tensor of 32 numbers, each of them {@code value}. */
    private static GgufWriter.Tensor tensor(String name, float value) {
        return new GgufWriter.Tensor(name, GgmlType.F32, 1, 32, true, (first, count, into) -> java.util.Arrays.fill(into, 0, 32, value));
    }

    private void write(int number, int count, Map<String, Object> more, GgufWriter.Tensor... tensors) throws IOException {
        var settings = new LinkedHashMap<String, Object>();
        settings.put("split.no", number - 1);
        settings.put("split.count", count);
        settings.putAll(more);
        GgufWriter.write(shard(number, 3), settings, List.of(tensors));
    }

    private void writeThree() throws IOException {
        write(1, 3, Map.of("general.architecture", "llama", "split.tensors.count", 3), tensor("a", 1));
        write(2, 3, Map.of(), tensor("b", 2));
        write(3, 3, Map.of(), tensor("c", 3));
    }

    private String fault() {
        return assertThrows(WeightFileException.class, () -> Gguf.open(shard(1, 3))).getMessage();
    }

    @Test
    void severalFilesAreOneModel() throws IOException {
        writeThree();
        try (var gguf = Gguf.open(shard(1, 3))) {
            assertEquals(List.of("a", "b", "c"), List.copyOf(gguf.tensors().keySet()));
            assertEquals("llama", gguf.metadata().get("general.architecture"));
            assertEquals(3f, gguf.tensors().get("c").bytes().get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4));
        }
    }

    @Test
    void anotherThanTheFirstIsToldWhichToName() throws IOException {
        writeThree();
        var message = assertThrows(WeightFileException.class, () -> Gguf.open(shard(2, 3))).getMessage();
        assertTrue(message.contains("name model-00001-of-00003.gguf"), message);
    }

    @Test
    void aMissingFileIsNamed() throws IOException {
        writeThree();
        Files.delete(shard(3, 3));
        assertTrue(fault().startsWith("model-00003-of-00003.gguf: the file is missing"), fault());
    }

    @Test
    void aTensorInTwoFilesIsRefused() throws IOException {
        writeThree();
        write(3, 3, Map.of(), tensor("b", 3));
        assertTrue(fault().contains("tensor \"b\" is in another"), fault());
    }

    @Test
    void wrongCountsAreRefused() throws IOException {
        writeThree();
        write(3, 3, Map.of(), tensor("c", 3), tensor("d", 4));
        assertTrue(fault().contains("split.tensors.count is 3, and the files have 4"), fault());
        write(3, 4, Map.of(), tensor("c", 3));
        assertTrue(fault().contains("file 2 of 4"), fault());
        write(1, 4, Map.of(), tensor("a", 3));
        assertTrue(fault().contains("-00001-of-00004.gguf"), fault());
        for (Object count : new Object[] {0, -1L, 1_000_000, "three", 2f}) {
            write(1, 3, Map.of("split.count", count), tensor("a", 3));
            assertTrue(fault().contains("split.count is"), fault());
        }
    }

    @Test
    void filesInTheWrongOrderAreRefused() throws IOException {
        writeThree();
        Files.copy(shard(2, 3), shard(3, 3), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertTrue(fault().contains("file 1 of 3"), fault());
    }
}
