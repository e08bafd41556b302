package dev.parley.weights;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A GGUF file, versions 2 and 3: settings by name, then tensors (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md). It
 * is mapped, and checked whole before a tensor is read.
 */
public final class Gguf implements AutoCloseable {

    private static final int MAGIC = 0x46554747; // "GGUF"
    private static final int MOST_DIMENSIONS = 4;
    private static final int LONGEST_NAME = 256; // llama.cpp's tensors have 64 characters at most
    private static final int ARRAY = 9;
    private static final int STRING = 8;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path file;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment bytes;
    private final Map<String, Object> metadata = new LinkedHashMap<>();
    private final Map<String, TensorEntry> tensors = new LinkedHashMap<>();
    private final List<Gguf> shards = new ArrayList<>(); // where the model is in several files, all but this
    private final long known; // bytes that are those of the file, where the rest is a hole
    private long at;

    /** What is known of a file ends before its header does. */
    private static final class HeaderCut extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /**
     * A tensor.
     *
     * @param shape row-major, the last dimension running fastest: the file's the other way round
     * @param bytes in the file
     */
    public record TensorEntry(String name, GgmlType type, long[] shape, MemorySegment bytes) {

        /** {@return how many numbers the tensor has} */
        public long elements() {
            var n = 1L;
            for (var size : shape) n *= size;
            return n;
        }
    }

    private Gguf(Path file, FileChannel channel, long known) throws IOException {
        this.file = file;
        this.known = known;
        bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    }

    /**
     * Opens a file, or the first of several with the others, and checks all that it says of itself; the tensors' bytes are mapped,
     * not read.
     *
     * @param file in GGUF
     * @return the file, which the caller closes
     * @throws WeightFileException naming what is wrong with it
     * @throws IOException if it cannot be read
     */
    public static Gguf open(Path file) throws IOException {
        var gguf = openAlone(file);
        try {
            gguf.shards.addAll(GgufShards.others(gguf));
            for (var shard : gguf.shards) gguf.tensors.putAll(shard.tensors);
            return gguf;
        } catch (IOException | RuntimeException e) {
            gguf.close();
            throw e;
        }
    }

    /** Opens one file, whole or a shard. */
    static Gguf openAlone(Path file) throws IOException {
        return openAlone(file, Long.MAX_VALUE);
    }

    /** Whether a file says all that it says of its tensors within its first bytes; what follows them may be anything. */
    static boolean headerIsWithin(Path file, long known) throws IOException {
        try {
            openAlone(file, known).close();
            return true;
        } catch (HeaderCut e) {
            return false;
        }
    }

    private static Gguf openAlone(Path file, long known) throws IOException {
        try (var channel = FileChannel.open(file)) {
            var gguf = new Gguf(file, channel, known);
            try {
                gguf.read();
                return gguf;
            } catch (WeightFileException | HeaderCut e) {
                gguf.close();
                throw e;
            } catch (RuntimeException e) {
                gguf.close();
                throw new WeightFileException(file, "the file is damaged (" + e.getMessage() + ")");
            }
        }
    }

    private void read() {
        if (bytes.byteSize() < 24 || bytes.get(INT, 0) != MAGIC) throw fault("this is not a GGUF file");
        var version = bytes.get(INT, 4);
        if (version != 2 && version != 3) throw fault("GGUF version " + version + " is not 2 or 3");
        at = 8;
        long tensorCount = count("tensors", 24), settings = count("settings", 13);
        for (long i = 0; i < settings; i++) {
            var key = name();
            if (metadata.put(key, value(int32(), 0)) != null) throw fault("the setting " + key + " is there twice");
        }
        var alignment = metadata.getOrDefault("general.alignment", 32L) instanceof Long n ? n : -1;
        if (alignment < 1 || alignment > 1 << 20 || Long.bitCount(alignment) != 1)
            throw fault("general.alignment is " + metadata.get("general.alignment"));
        readTensors(tensorCount, alignment);
    }

    private void readTensors(long count, long alignment) {
        record Placed(String name, GgmlType type, long[] shape, long offset) {}
        var placed = new ArrayList<Placed>();
        for (long i = 0; i < count; i++) {
            var name = name();
            var dimensions = int32();
            if (dimensions < 1 || dimensions > MOST_DIMENSIONS) throw fault("tensor \"" + name + "\" has " + dimensions + " dimensions");
            var shape = new long[dimensions];
            for (int d = dimensions - 1; d >= 0; d--) shape[d] = int64();
            var id = int32();
            var type = GgmlType.of(id).orElseThrow(
                    () -> fault("tensor \"" + name + "\" has the type " + GgmlType.nameOf(id) + ", which Parley does not read; it reads "
                            + GgmlType.known()));
            placed.add(new Placed(name, type, shape, int64()));
        }
        var data = Math.ceilDiv(at, alignment) * alignment;
        for (var p : placed) {
            var elements = 1L;
            for (var size : p.shape) {
                if (size < 1 || size > Integer.MAX_VALUE || elements > bytes.byteSize() * 4 / size)
                    throw fault("tensor \"" + p.name + "\" is larger than the file");
                elements *= size;
            }
            if (p.shape[p.shape.length - 1] % p.type.blockSize() != 0)
                throw fault("tensor \"" + p.name + "\" has rows that are not whole blocks of " + p.type);
            var size = p.type.bytes(elements);
            if (p.offset < 0 || p.offset > bytes.byteSize() || data > bytes.byteSize() - p.offset
                    || size > bytes.byteSize() - data - p.offset) {
                throw fault("tensor \"" + p.name + "\" reaches beyond the file");
            }
            var entry = new TensorEntry(p.name, p.type, p.shape, bytes.asSlice(data + p.offset, size));
            if (tensors.put(p.name, entry) != null) throw fault("tensor \"" + p.name + "\" is there twice");
        }
    }

    /** A count of things that each take some bytes at least. */
    private long count(String what, int bytesEach) {
        var n = int64();
        if (n < 0 || n > bytes.byteSize() / bytesEach)
            throw fault("the file is said to hold " + Long.toUnsignedString(n) + " " + what + ", more than fit");
        return n;
    }

    private void need(long n) {
        if (n < 0 || n > bytes.byteSize() - at) throw fault("the file ends early, at byte " + at);
        if (n > known - at) throw new HeaderCut();
    }

    private int int32() {
        need(4);
        at += 4;
        return bytes.get(INT, at - 4);
    }

    private long int64() {
        need(8);
        at += 8;
        return bytes.get(LONG, at - 8);
    }

    private String name() {
        need(8);
        var length = bytes.get(LONG, at);
        if (length < 0 || length > LONGEST_NAME) throw fault("a name has " + Long.toUnsignedString(length) + " bytes, at byte " + at);
        return string();
    }

    private String string() {
        var length = int64();
        need(length);
        var text = new String(bytes.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
        at += length;
        return text;
    }

    /** A value: Long, Double, Boolean, String, or a List of one of them. */
    private Object value(int type, int depth) {
        if (type == STRING) return string();
        if (type == ARRAY) {
            if (depth > 0) throw fault("an array holds arrays");
            var element = int32();
            var n = count("elements in an array", size(element));
            var list = new ArrayList<Object>();
            for (long i = 0; i < n; i++) list.add(value(element, depth + 1));
            return Collections.unmodifiableList(list);
        }
        var size = size(type);
        need(size);
        var from = at;
        at += size;
        var b = bytes.asSlice(from, size);
        return switch (type) {
            case 0 -> (long) (b.get(ValueLayout.JAVA_BYTE, 0) & 0xff);
            case 1 -> (long) b.get(ValueLayout.JAVA_BYTE, 0);
            case 2 -> (long) (b.get(ValueLayout.JAVA_SHORT_UNALIGNED, 0) & 0xffff);
            case 3 -> (long) b.get(ValueLayout.JAVA_SHORT_UNALIGNED, 0);
            case 4 -> b.get(INT, 0) & 0xffffffffL;
            case 5 -> (long) b.get(INT, 0);
            case 6 -> (double) Float.intBitsToFloat(b.get(INT, 0));
            case 7 -> b.get(ValueLayout.JAVA_BYTE, 0) != 0;
            case 10, 11 -> b.get(LONG, 0);
            default -> Double.longBitsToDouble(b.get(LONG, 0));
        };
    }

    private int size(int type) {
        return switch (type) {
            case 0, 1, 7 -> 1;
            case 2, 3 -> 2;
            case 4, 5, 6 -> 4;
            case 8, 10, 11, 12 -> 8;
            default -> throw fault("a setting has the type number " + type + ", which GGUF does not know");
        };
    }

    private WeightFileException fault(String fault) {
        return new WeightFileException(file, fault);
    }

    /** {@return the file that was opened} */
    public Path file() {
        return file;
    }

    /** Settings by name: Long, Double, Boolean, String, or a List of one of them. */
    public Map<String, Object> metadata() {
        return Collections.unmodifiableMap(metadata);
    }

    /** Tensors by name, in the order of the file. */
    public Map<String, TensorEntry> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    /** A list of texts; empty where there is no such setting. */
    public List<String> texts(String key) {
        return metadata.get(key) instanceof List<?> list ? list.stream().map(String::valueOf).toList() : List.of();
    }

    @Override
    public void close() {
        shards.forEach(Gguf::close);
        if (arena.scope().isAlive()) arena.close();
    }
}
