package dev.parley.weights;

import dev.parley.kernels.DType;
import java.io.IOException;
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

    /** Writes a tensor's bytes from where the channel stands. */
    @FunctionalInterface
    public interface Content {
        /**
         * Writes exactly the tensor's bytes, row-major and little-endian.
         *
         * @param channel where they belong, at its position
         * @throws IOException if writing fails
         */
        void writeTo(FileChannel channel) throws IOException;
    }

    /** A tensor whose bytes lie in memory, row-major and little-endian. */
    public static TensorData of(String name, DType dtype, long[] shape, MemorySegment bytes) {
        return new TensorData(name, dtype, shape, channel -> write(channel, bytes));
    }

    /**
     * Writes all bytes of a piece of memory.
     *
     * @param channel written to from where it stands
     * @param bytes of any size, beyond 2 GiB too
     * @throws IOException if writing fails
     */
    public static void write(FileChannel channel, MemorySegment bytes) throws IOException {
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
