package dev.parley.weights;

import dev.parley.files.DurableFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Writes a GGUF file, version 3, whole or not at all. */
public final class GgufWriter {

    private static final int ALIGNMENT = 32;
    private static final int MAGIC = 0x46554747;

    private GgufWriter() {}

    /** Gives rows of a tensor, widened; see {@link Tensor}. */
    @FunctionalInterface
    public interface Rows {
        /**
         * Reads rows.
         *
         * @param first number of the first row
         * @param count rows to read
         * @param into receives them one after the other, from index 0
         */
        void read(int first, int count, float[] into);
    }

    /**
     * A tensor to write.
     *
     * @param columns numbers in a row, whole blocks of the type
     * @param oneDimension whether it is a vector rather than a matrix of one row
     * @param matrices of the same size that the rows make, one after the other; more than one are a tensor of three dimensions
     */
    public record Tensor(String name, GgmlType type, int rows, int columns, boolean oneDimension, int matrices, Rows source) {

        /** A vector or a matrix. */
        public Tensor(String name, GgmlType type, int rows, int columns, boolean oneDimension, Rows source) {
            this(name, type, rows, columns, oneDimension, 1, source);
        }

        /** The same numbers under another name. */
        public Tensor named(String other) {
            return new Tensor(other, type, rows, columns, oneDimension, matrices, source);
        }

        /** Matrices, or vectors, of the same size and type as one tensor of the first one's name. */
        public static Tensor stacked(List<Tensor> matrices) {
            var one = matrices.getFirst();
            var vectors = one.oneDimension; // make the rows of a matrix
            return new Tensor(one.name, one.type, one.rows * matrices.size(), one.columns, false, vectors ? 1 : matrices.size(),
                    (first, count, into) -> {
                        var row = new float[one.columns];
                        for (int i = 0; i < count; i++) {
                            matrices.get((first + i) / one.rows).source.read((first + i) % one.rows, 1, row);
                            System.arraycopy(row, 0, into, i * one.columns, one.columns);
                        }
                    });
        }

        long bytes() {
            return type.bytes((long) rows * columns);
        }
    }

    /**
     * Writes a file, replacing one of that name. Numbers are brought into blocks while they are written, so that no tensor need be
     * in memory.
     *
     * @param file to write
     * @param metadata values: Integer (uint32), Long (uint64), Float, Boolean, String, or a List of String, Integer (int32) or
     *     Float
     * @param tensors in the order that they are to have
     * @throws IOException if writing fails; a file of that name then stays as it was
     */
    public static void write(Path file, Map<String, Object> metadata, List<Tensor> tensors) throws IOException {
        var header = new Header();
        header.int32(MAGIC);
        header.int32(3);
        header.int64(tensors.size());
        header.int64(metadata.size());
        for (var entry : metadata.entrySet()) {
            header.string(entry.getKey());
            header.value(entry.getValue());
        }
        var offset = 0L;
        for (var tensor : tensors) {
            header.string(tensor.name);
            header.int32(tensor.oneDimension ? 1 : tensor.matrices == 1 ? 2 : 3);
            header.int64(tensor.columns);
            if (!tensor.oneDimension) header.int64(tensor.rows / tensor.matrices);
            if (tensor.matrices > 1) header.int64(tensor.matrices);
            header.int32(tensor.type.id());
            header.int64(offset);
            offset += Math.ceilDiv(tensor.bytes(), ALIGNMENT) * ALIGNMENT;
        }
        header.pad();
        DurableFile.write(file, channel -> {
            put(channel, ByteBuffer.wrap(header.bytes.toByteArray()));
            for (var tensor : tensors) write(channel, tensor);
        });
    }

    private static void write(WritableByteChannel channel, Tensor tensor) throws IOException {
        var some = Math.max(1, (1 << 20) / tensor.columns);
        try (var arena = Arena.ofConfined()) {
            var narrow = arena.allocate(tensor.type.bytes((long) some * tensor.columns), 8);
            var wide = new float[some * tensor.columns];
            for (int first = 0; first < tensor.rows; first += some) {
                var count = Math.min(some, tensor.rows - first);
                tensor.source.read(first, count, wide);
                tensor.type.narrow(wide, 0, count * tensor.columns, narrow, 0);
                put(channel, slice(narrow, tensor.type.bytes((long) count * tensor.columns)));
            }
        }
        put(channel, ByteBuffer.allocate((int) (Math.ceilDiv(tensor.bytes(), ALIGNMENT) * ALIGNMENT - tensor.bytes())));
    }

    private static ByteBuffer slice(MemorySegment memory, long bytes) {
        return memory.asSlice(0, bytes).asByteBuffer();
    }

    private static void put(WritableByteChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) channel.write(bytes);
    }

    /** What comes before the tensors' bytes. */
    private static final class Header {

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        void int32(int value) {
            bytes.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
        }

        void int64(long value) {
            bytes.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
        }

        void string(String value) {
            var utf8 = value.getBytes(StandardCharsets.UTF_8);
            int64(utf8.length);
            bytes.writeBytes(utf8);
        }

        void value(Object value) {
            int32(type(value, false));
            content(value);
        }

        private void content(Object value) {
            switch (value) {
                case Integer n -> int32(n);
                case Long n -> int64(n);
                case Float x -> int32(Float.floatToIntBits(x));
                case Boolean b -> bytes.write(b ? 1 : 0);
                case String s -> string(s);
                case List<?> list -> {
                    int32(list.isEmpty() ? 8 : type(list.getFirst(), true));
                    int64(list.size());
                    list.forEach(this::content);
                }
                default -> throw new IllegalArgumentException("GGUF has no type for " + value.getClass().getSimpleName() + ".");
            }
        }

        private static int type(Object value, boolean inArray) {
            return switch (value) {
                case Integer _ -> inArray ? 5 : 4;
                case Long _ -> 10;
                case Float _ -> 6;
                case Boolean _ -> 7;
                case String _ -> 8;
                case List<?> _ -> 9;
                default -> throw new IllegalArgumentException("GGUF has no type for " + value.getClass().getSimpleName() + ".");
            };
        }

        void pad() {
            while (bytes.size() % ALIGNMENT != 0) bytes.write(0);
        }
    }
}
