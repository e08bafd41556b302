package dev.parley.weights;

import dev.parley.files.DurableFile;
import dev.parley.kernels.machine.ThreadTeam;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleConsumer;
import java.util.function.LongConsumer;

/** Writes a GGUF file, version 3, whole or not at all. */
public final class GgufWriter {

    private static final int ALIGNMENT = 32;
    private static final int MAGIC = 0x46554747;
    private static final int NUMBERS_AT_ONCE = 1 << 22;
    private static final int ROWS_AT_ONCE = 16; // of one thread

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

        /** Told before several threads read some rows: what has to be made first is made here. */
        default void prepare(int first, int count) {}

        /** Told when none of the rows is read for now: what was made can go. */
        default void release() {}
    }

    /**
     * A tensor to write.
     *
     * @param columns numbers in a row, whole blocks of the type
     * @param oneDimension whether it is a vector rather than a matrix of one row
     * @param matrices of the same size that the rows make, one after the other; more than one are a tensor of three dimensions
     * @param importance how much errors in each column count, for each matrix in turn; empty where that is not known
     */
    public record Tensor(String name, GgmlType type, int rows, int columns, boolean oneDimension, int matrices, float[] importance,
            Rows source) {

        /** A vector or a matrix. */
        public Tensor(String name, GgmlType type, int rows, int columns, boolean oneDimension, Rows source) {
            this(name, type, rows, columns, oneDimension, 1, new float[0], source);
        }

        /** The same numbers under another name. */
        public Tensor named(String other) {
            return new Tensor(other, type, rows, columns, oneDimension, matrices, importance, source);
        }

        /**
         * The same numbers in another type, rounded with regard to what counts.
         *
         * @param importance for each column of each matrix
         */
        public Tensor in(GgmlType other, float[] importance) {
            return new Tensor(name, other, rows, columns, oneDimension, matrices, importance, source);
        }

        /** Matrices, or vectors, of the same size and type as one tensor of the first one's name. */
        public static Tensor stacked(List<Tensor> matrices) {
            var one = matrices.getFirst();
            var vectors = one.oneDimension; // make the rows of a matrix
            var all = new StackedRows(matrices.stream().map(Tensor::source).toList(), one.rows, one.columns);
            return new Tensor(one.name, one.type, one.rows * matrices.size(), one.columns, false, vectors ? 1 : matrices.size(),
                    new float[0], all);
        }

        long bytes() {
            return type.bytes((long) rows * columns);
        }

        private float[] importanceOfRow(int row) {
            var matrix = row / (rows / matrices);
            return importance.length == 0 ? importance : Arrays.copyOfRange(importance, matrix * columns, (matrix + 1) * columns);
        }
    }

    /** The rows of matrices one after the other, of which only those are ready that are being read. */
    private record StackedRows(List<Rows> matrices, int rows, int columns) implements Rows {

        @Override
        public void read(int first, int count, float[] into) {
            var row = new float[columns];
            for (int i = 0; i < count; i++) {
                matrices.get((first + i) / rows).read((first + i) % rows, 1, row);
                System.arraycopy(row, 0, into, i * columns, columns);
            }
        }

        @Override
        public void prepare(int first, int count) {
            for (int m = 0; m < matrices.size(); m++) {
                int from = Math.max(first, m * rows), to = Math.min(first + count, (m + 1) * rows);
                if (from < to) matrices.get(m).prepare(from - m * rows, to - from);
                else matrices.get(m).release();
            }
        }

        @Override
        public void release() {
            matrices.forEach(Rows::release);
        }
    }

    /**
     * Writes a file, replacing one of that name. Numbers are brought into blocks while they are written, by all processors, so that no
     * tensor need be in memory.
     *
     * @param file to write
     * @param metadata values: Integer (uint32), Long (uint64), Float, Boolean, String, or a List of String, Integer (int32) or
     *     Float
     * @param tensors in the order that they are to have
     * @throws IOException if writing fails; a file of that name then stays as it was
     */
    public static void write(Path file, Map<String, Object> metadata, List<Tensor> tensors) throws IOException {
        write(file, metadata, tensors, share -> {});
    }

    /**
     * As {@link #write(Path, Map, List)}.
     *
     * @param done told now and then what share of the numbers is written, from 0 to 1; what it throws ends the writing
     */
    public static void write(Path file, Map<String, Object> metadata, List<Tensor> tensors, DoubleConsumer done) throws IOException {
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
        var all = tensors.stream().mapToLong(tensor -> (long) tensor.rows * tensor.columns).sum();
        DurableFile.write(file, channel -> {
            put(channel, ByteBuffer.wrap(header.bytes.toByteArray()));
            var written = 0L;
            for (var tensor : tensors) {
                var before = written;
                write(channel, tensor, numbers -> done.accept((double) (before + numbers) / all), file);
                written += (long) tensor.rows * tensor.columns;
            }
        });
    }

    private static void write(WritableByteChannel channel, Tensor tensor, LongConsumer done, Path file) throws IOException {
        var some = Math.max(1, NUMBERS_AT_ONCE / tensor.columns);
        try (var arena = Arena.ofShared()) {
            var narrow = arena.allocate(tensor.type.bytes((long) some * tensor.columns), 8);
            for (int first = 0; first < tensor.rows; first += some) {
                int from = first, count = Math.min(some, tensor.rows - first);
                tensor.source.prepare(from, count);
                ThreadTeam.shared().each(Math.ceilDiv(count, ROWS_AT_ONCE), part -> {
                    var at = part * ROWS_AT_ONCE;
                    var numbers = (long) at * tensor.columns;
                    if (!narrow(tensor, from + at, Math.min(ROWS_AT_ONCE, count - at), narrow, numbers)) throw new WeightFileException(file,
                            "tensor \"" + tensor.name + "\" has numbers that are not finite, or too large for " + tensor.type);
                });
                put(channel, slice(narrow, tensor.type.bytes((long) count * tensor.columns)));
                done.accept((long) (first + count) * tensor.columns);
            }
        } finally {
            tensor.source.release();
        }
        put(channel, ByteBuffer.allocate((int) (Math.ceilDiv(tensor.bytes(), ALIGNMENT) * ALIGNMENT - tensor.bytes())));
    }

    /** Narrows some rows; whether blocks hold their numbers. @param at numbers before them */
    private static boolean narrow(Tensor tensor, int first, int count, MemorySegment into, long at) {
        var type = tensor.type;
        var wide = new float[count * tensor.columns];
        tensor.source.read(first, count, wide);
        for (int r = 0; r < count; r++) {
            type.narrow(wide, r * tensor.columns, tensor.columns, tensor.importanceOfRow(first + r), into,
                    type.bytes(at + (long) r * tensor.columns));
        }
        if (type.blockSize() == 1) return true; // plain numbers are kept whatever they are
        for (var number : wide) if (!Float.isFinite(number)) return false;
        return type.scalesAreFinite(into, at / type.blockSize(), wide.length / type.blockSize());
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
