package dev.parley.weights;

import dev.parley.kernels.DType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * A tensor to be written, which need not be in memory before.
 *
 * @param content writes exactly {@link #bytes()} bytes, row-major and little-endian
 */
public record TensorData(String name, DType dtype, long[] shape, Content content) {

    /** What one call of the system writes at most. */
    private static final long PIECE = 1 << 26;

    /** Takes a tensor's bytes, piece by piece. */
    @FunctionalInterface
    public interface Sink {
        /**
         * Takes the next bytes.
         *
         * @param bytes of any size, beyond 2 GiB too
         * @throws IOException if writing fails
         */
        void write(MemorySegment bytes) throws IOException;
    }

    /** Gives a tensor's bytes. */
    @FunctionalInterface
    public interface Content {
        /**
         * Gives exactly the tensor's bytes, row-major and little-endian.
         *
         * @param sink that takes them
         * @throws IOException if reading or writing fails
         */
        void writeTo(Sink sink) throws IOException;
    }

    /** A tensor whose bytes lie in memory, row-major and little-endian. */
    public static TensorData of(String name, DType dtype, long[] shape, MemorySegment bytes) {
        return new TensorData(name, dtype, shape, sink -> sink.write(bytes));
    }

    /** The tensor's bytes in memory. */
    MemorySegment bytesIn(Arena arena) throws IOException {
        var memory = arena.allocate(bytes(), 8);
        var at = new long[1];
        content.writeTo(bytes -> {
            MemorySegment.copy(bytes, 0, memory, at[0], bytes.byteSize());
            at[0] += bytes.byteSize();
        });
        return memory;
    }

    static void write(FileChannel channel, MemorySegment bytes) throws IOException {
        for (long at = 0; at < bytes.byteSize(); at += PIECE)
            write(channel, bytes.asSlice(at, Math.min(PIECE, bytes.byteSize() - at)).asByteBuffer());
    }

    static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) channel.write(bytes);
    }

    /** Size in the file. */
    public long bytes() {
        var bytes = (long) dtype.bytes();
        for (var size : shape) bytes = Math.multiplyExact(bytes, size);
        return bytes;
    }
}
