package dev.parley.weights;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TensorFlow's files made to harm: each is refused by a sentence, in the time that its size allows. */
class DamagedTensorFlowTest {

    private static final int ROOT_HEADER_ADDRESS = 64;

    @TempDir
    Path folder;

    private Path h5;
    private byte[] bytes;
    private ByteBuffer words;

    @BeforeEach
    void form() throws IOException {
        h5 = ThreeForms.h5(folder.resolve("h5")).resolve("tf_model.h5");
        hold(Files.readAllBytes(h5));
    }

    private void hold(byte[] file) {
        bytes = file;
        words = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void refused(String... words) throws IOException {
        Files.write(h5, bytes);
        refused(h5, words);
    }

    private static void refused(Path file, String... words) {
        var fault = assertThrows(WeightFileException.class, () -> {
            try (var weights = WeightFiles.openFile(file)) {
                for (var name : weights.names()) weights.bytes(name);
            }
        });
        for (var word : words) assertTrue(fault.getMessage().contains(word), fault.getMessage());
    }

    /** Where the root group says where its tree is: its header is the file's first, and so is its tree. */
    private int rootTreeAddress() {
        for (int at = (int) words.getLong(ROOT_HEADER_ADDRESS); at < bytes.length - 16; at++) { // the superblock has a copy before
            if (signature(words.getLong(at), "TREE") && signature(words.getLong(at + 8), "HEAP")) return at;
        }
        throw new AssertionError("no root group");
    }

    private boolean signature(long at, String signature) {
        return at > 0 && at < bytes.length - 4 && signature.equals(new String(bytes, (int) at, 4, StandardCharsets.US_ASCII));
    }

    /** Where the layout message says a dataset's address. */
    private int layoutOf(String path) {
        var address = Hdf5.datasets(h5, MemorySegment.ofArray(bytes)).get(path).address();
        for (int at = 2; at < bytes.length - 8; at++) {
            if (bytes[at - 2] == 3 && bytes[at - 1] == 1 && words.getLong(at) == address) return at;
        }
        throw new AssertionError(path);
    }

    @Test
    void aTreeThatDoublesAtEachLevelIsNotClimbed() throws Exception {
        int levels = 40, end = bytes.length, address = rootTreeAddress();
        hold(Arrays.copyOf(bytes, end + 64 * levels));
        for (int level = 0; level < levels; level++) {
            var at = end + 64 * level;
            words.put(at, "TREE".getBytes(StandardCharsets.US_ASCII)).put(at + 5, (byte) (level + 1)).putShort(at + 6, (short) 2);
            for (int child = 0; child < 2; child++) words.putLong(at + 32 + 16 * child, level == 0 ? words.getLong(address) : at - 64);
        }
        words.putLong(address, end + 64L * 20);
        refused("same place");
    }

    @Test
    void aGroupInItselfAndAHeaderOfGigabytesAreRefused() throws Exception {
        var root = (int) words.getLong(ROOT_HEADER_ADDRESS);
        var good = bytes.clone();
        words.putInt(root + 8, Integer.MAX_VALUE - 15);
        refused("beyond its end");
        hold(good);
        var symbols = (int) words.getLong((int) words.getLong(rootTreeAddress()) + 32);
        words.putLong(symbols + 8 + 8, root);
        refused("same place");
    }

    @Test
    void whatDoesNotLieInOnePieceIsNamed() throws Exception {
        var path = "transformer/tfgp_t2lm_head_model/transformer/wte/weight:0";
        var at = layoutOf(path);
        var other = Hdf5.datasets(h5, MemorySegment.ofArray(bytes)).get("transformer/tfgp_t2lm_head_model/transformer/wpe/embeddings:0");
        bytes[at - 1] = 2;
        refused(path, "one piece");
        bytes[at - 1] = 1;
        words.putLong(at, bytes.length - 8);
        refused(path, "end of the file");
        words.putLong(at, other.address() + 4);
        refused("overlaps");
        words.putLong(at + 8, 1L << 40);
        refused(path, "its shape needs");
    }

    @Test
    void aCheckpointWithoutAllItsBytesIsNamed() throws Exception {
        var checkpoint = ThreeForms.checkpoint(folder.resolve("checkpoint"));
        Path index = checkpoint.resolve("model.ckpt.index"), data = checkpoint.resolve("model.ckpt.data-00000-of-00001");
        Files.write(data, Arrays.copyOf(Files.readAllBytes(data), 9000));
        refused(index, "tensor \"model/", "9000 bytes");
        Files.delete(data);
        refused(index, "model.ckpt.data-00000-of-00001", "missing");
        var table = Files.readAllBytes(index);
        table[3] ^= 1;
        Files.write(index, table);
        refused(index, "checksum");
        Files.write(index, Arrays.copyOf(table, 100));
        refused(index, "does not end as a table does");
    }
}
