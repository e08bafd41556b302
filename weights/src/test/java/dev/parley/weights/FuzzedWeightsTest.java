package dev.parley.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.parley.files.Golden;
import dev.parley.files.Mutations;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** At least 5,000 mutated files of each form: read, or refused by a {@link WeightFileException}; never anything else. */
@Execution(ExecutionMode.CONCURRENT)
class FuzzedWeightsTest {

    private static final int FILES = 5000;

    @TempDir
    Path folder;

    private Path forms;

    @BeforeEach
    void forms() throws IOException {
        forms = folder.resolve("forms");
        ThreeForms.safetensors(forms.resolve("safetensors"));
        ThreeForms.h5(forms.resolve("h5"));
        ThreeForms.checkpoint(forms.resolve("checkpoint"));
    }

    /** Reads a mutated file, all tensors of it, whatever else lies in its folder. */
    private static void fuzz(Path file, int files, UnaryOperator<byte[]> mutated) throws IOException {
        var good = Files.readAllBytes(file);
        for (int n = 0; n < files; n++) {
            var bytes = mutated.apply(good);
            Files.write(file, bytes);
            Mutations.readOrRefused(() -> readAll(WeightFiles.openFile(file)), WeightFileException.class,
                    Math.max(good.length, bytes.length));
        }
    }

    /** Copies every tensor, outside of the heap, as whoever uses it would, and closes the source. */
    static void readAll(WeightSource source) throws IOException {
        try (source) {
            for (var name : source.names()) {
                try (var arena = Arena.ofConfined()) {
                    var bytes = source.bytes(name);
                    arena.allocate(bytes.byteSize()).copyFrom(bytes);
                    assertEquals(source.info(name).elements() * source.info(name).dtype().bytes(), bytes.byteSize(), name);
                }
            }
        }
    }

    @Test
    void safetensors() throws Exception {
        var mutations = new Mutations(1);
        var file = forms.resolve("safetensors/model.safetensors");
        fuzz(file, FILES / 2, mutations::bytes);
        Files.delete(file);
        ThreeForms.safetensors(folder.resolve("again"));
        fuzz(folder.resolve("again/model.safetensors"), FILES, good -> {
            var length = (int) ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN).getLong();
            var header = mutations.json(new String(good, 8, length, StandardCharsets.UTF_8));
            var whole = ByteBuffer.allocate(8 + header.length + good.length - 8 - length).order(ByteOrder.LITTLE_ENDIAN);
            return whole.putLong(header.length).put(header).put(good, 8 + length, good.length - 8 - length).array();
        });
    }

    @Test
    void stackedExperts() throws Exception {
        var file = folder.resolve("model.safetensors");
        SafetensorsWriter.write(file, StackedWeightsTest.tensors());
        var good = Files.readAllBytes(file);
        var length = (int) ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN).getLong();
        var mutations = new Mutations(6);
        for (int n = 0; n < FILES; n++) {
            var header = mutations.json(new String(good, 8, length, StandardCharsets.UTF_8));
            var whole = ByteBuffer.allocate(8 + header.length + good.length - 8 - length).order(ByteOrder.LITTLE_ENDIAN);
            Files.write(file, whole.putLong(header.length).put(header).put(good, 8 + length, good.length - 8 - length).array());
            Mutations.readOrRefused(() -> readAll(new StackedWeights(WeightFiles.openFile(file), StackedWeightsTest.parts())),
                    WeightFileException.class, Math.max(good.length, whole.capacity()));
        }
    }

    @Test
    void indexOfShards() throws Exception {
        var shards = Files.createDirectories(folder.resolve("shards"));
        try (var weights = WeightFiles.open(forms.resolve("safetensors"))) {
            var all = weights.names().stream()
                    .map(n -> TensorData.of(n, weights.info(n).dtype(), weights.info(n).shape(), weights.bytes(n))).toList();
            SafetensorsFolder.write(shards, all, ShardSize.parse("8kB"));
        }
        Files.writeString(folder.resolve("x"), "outside");
        var mutations = new Mutations(2);
        fuzz(shards.resolve("model.safetensors.index.json"), FILES, good -> mutations.json(new String(good, StandardCharsets.UTF_8)));
    }

    @Test
    void pytorchModelBin() throws Exception {
        var mutations = new Mutations(3);
        var file = Files.copy(Golden.folder("gpt2-tiny-bin").resolve("pytorch_model.bin"), folder.resolve("pytorch_model.bin"));
        var good = Files.readAllBytes(file);
        var directory = good.length - 6000; // the end of a zip is its directory
        fuzz(file, FILES / 2, bytes -> {
            var tail = mutations.bytes(Arrays.copyOfRange(bytes, directory, bytes.length));
            var whole = Arrays.copyOf(bytes, directory + tail.length);
            System.arraycopy(tail, 0, whole, directory, tail.length);
            return whole;
        });
        Files.write(file, good);
        var entries = entries(file);
        fuzz(file, FILES, _ -> zipped(entries, mutations));
    }

    private static Map<String, byte[]> entries(Path zip) throws IOException {
        var entries = new LinkedHashMap<String, byte[]>();
        try (var from = new ZipFile(zip.toFile())) {
            for (var entry : from.stream().toList()) entries.put(entry.getName(), from.getInputStream(entry).readAllBytes());
        }
        return entries;
    }

    /** The archive with its pickle mutated. */
    private static byte[] zipped(Map<String, byte[]> entries, Mutations mutations) {
        var out = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(out)) {
            for (var entry : entries.entrySet()) {
                var content = entry.getValue();
                DamagedWeightsTest.stored(zip, entry.getKey(), entry.getKey().endsWith("data.pkl") ? mutations.bytes(content) : content);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    @Test
    void tfModelH5() throws Exception {
        fuzz(forms.resolve("h5/tf_model.h5"), FILES, new Mutations(4)::bytes);
    }

    @Test
    void tensorFlowCheckpoint() throws Exception {
        var mutations = new Mutations(5);
        var index = forms.resolve("checkpoint/model.ckpt.index");
        var good = Files.readAllBytes(index);
        fuzz(index, FILES / 2, mutations::bytes);
        Files.write(index, good);
        assertArrayEquals(good, sealed(good, good));
        fuzz(index, FILES, bytes -> sealed(mutations.bytes(bytes), bytes));
    }

    /** Makes the checksums of both blocks right again, so that what lies behind them is reached. */
    private static byte[] sealed(byte[] mutated, byte[] good) {
        var bytes = Arrays.copyOf(mutated, good.length);
        System.arraycopy(good, good.length - 48, bytes, bytes.length - 48, 48);
        var footer = ByteBuffer.wrap(good, good.length - 48, 48);
        var metaindex = (int) Varint.read(footer); // the block after the only block of data
        Varint.read(footer);
        seal(bytes, 0, metaindex - 5);
        seal(bytes, (int) Varint.read(footer), (int) Varint.read(footer));
        return bytes;
    }

    private static void seal(byte[] bytes, int at, int size) {
        var crc = new CRC32C();
        bytes[at + size] = 0;
        crc.update(bytes, at, size + 1);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(at + size + 1, SortedTable.masked(crc.getValue()));
    }
}
