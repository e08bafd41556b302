package dev.parley.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.files.Mutations;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Mutated GGUF files, with a tensor in blocks of each kind: read, or refused by a {@link WeightFileException}; never anything else. */
@Execution(ExecutionMode.CONCURRENT)
class FuzzedGgufTest {

    private static final int FILES = 5000;
    private static final int ROWS = 2, COLUMNS = 256; // a whole block of each kind
    private static final int DESCRIPTIONS = 1024; // bytes of settings and of what is said of tensors

    @TempDir
    Path folder;

    /** As the description of the format has it: what it is, a setting of each kind, a tensor of each type, their bytes. */
    private static byte[] ofEachType() {
        var file = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
        var types = GgmlType.values();
        file.putInt(0x46554747).putInt(3).putLong(types.length + 1).putLong(5);
        text(file, "general.architecture").putInt(8);
        text(file, "llama");
        text(file, "llama.block_count").putInt(4).putInt(2);
        text(file, "llama.rope.freq_base").putInt(6).putFloat(1e4f);
        text(file, "llama.attention.causal").putInt(7).put((byte) 1);
        text(file, "tokenizer.ggml.tokens").putInt(9).putInt(8).putLong(2);
        text(file, "a");
        text(file, "b");
        var offset = 0L;
        for (var type : types) {
            text(file, type.name()).putInt(2).putLong(COLUMNS).putLong(ROWS).putInt(type.id()).putLong(offset);
            offset += Math.ceilDiv(type.bytes(ROWS * COLUMNS), 32) * 32;
        }
        text(file, "vector").putInt(1).putLong(64).putInt(GgmlType.F32.id()).putLong(0);
        var data = Math.ceilDiv(file.position(), 32) * 32;
        var bytes = new byte[Math.toIntExact(data + offset)];
        new Random(7).nextBytes(bytes);
        System.arraycopy(file.array(), 0, bytes, 0, file.position());
        return bytes;
    }

    private static ByteBuffer text(ByteBuffer file, String text) {
        return file.putLong(text.length()).put(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Widens every tensor, and looks at the scales of its blocks, as whoever loads a model does. */
    private static void readAll(Path file) throws IOException {
        var gguf = Gguf.open(file);
        var views = new LinkedHashMap<String, GgufWeights.View>();
        gguf.tensors().forEach((name, tensor) -> views.put(name, new GgufWeights.View(tensor, false, row -> row, false, 0, -1)));
        try (var weights = new GgufWeights(gguf, views)) {
            for (var name : weights.names()) {
                assertEquals(weights.info(name).elements() * weights.info(name).dtype().bytes(), weights.bytes(name).byteSize(), name);
                weights.blocks(name).ifPresent(blocks -> blocks.type().scalesAreFinite(blocks.bytes(), 0,
                        blocks.bytes().byteSize() / blocks.type().bytes(blocks.type().blockSize())));
            }
        }
    }

    @Test
    void aFileWithBlocksOfEachKind() throws IOException {
        var good = ofEachType();
        var file = folder.resolve("model.gguf");
        Files.write(file, good);
        readAll(file);
        var mutations = new Mutations(1);
        for (int n = 0; n < FILES; n++) {
            var bytes = n % 2 == 0 ? mutations.bytes(good) : beginning(mutations, good);
            Files.write(file, bytes);
            Mutations.readOrRefused(() -> readAll(file), WeightFileException.class, Math.max(good.length, bytes.length));
        }
    }

    /** Most of a file is blocks, in which nothing can be wrong: half of the changes are made where things are described. */
    private static byte[] beginning(Mutations mutations, byte[] good) {
        var changed = mutations.bytes(Arrays.copyOf(good, DESCRIPTIONS));
        var whole = Arrays.copyOf(changed, changed.length + good.length - DESCRIPTIONS);
        System.arraycopy(good, DESCRIPTIONS, whole, changed.length, good.length - DESCRIPTIONS);
        return whole;
    }

    @Test
    void filesInPieces() throws IOException {
        var pieces = new Path[3];
        for (int i = 0; i < 3; i++) {
            pieces[i] = folder.resolve("model-0000" + (i + 1) + "-of-00003.gguf");
            Map<String, Object> settings = new LinkedHashMap<>(Map.of("split.no", i, "split.count", 3));
            if (i == 0) settings.putAll(Map.of("general.architecture", "llama", "split.tensors.count", 3));
            GgufWriter.write(pieces[i], settings, List.of(new GgufWriter.Tensor("t" + i, GgmlType.Q8_0, 2, 64, false,
                    (first, count, into) -> Arrays.fill(into, 0, count * 64, 1))));
        }
        var mutations = new Mutations(2);
        var read = 0;
        for (int n = 0; n < FILES; n++) {
            var piece = pieces[n % 3];
            var good = Files.readAllBytes(piece);
            Files.write(piece, mutations.bytes(good));
            var whole = new boolean[1];
            Mutations.readOrRefused(() -> {
                readAll(pieces[0]);
                whole[0] = true;
            }, WeightFileException.class, 3L * good.length);
            if (whole[0]) read++;
            Files.write(piece, good);
        }
        assertTrue(read > FILES / 20 && read < FILES, read + " were read");
    }
}
