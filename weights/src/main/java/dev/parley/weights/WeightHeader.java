package dev.parley.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * The beginning of a file of weights, which says what its tensors are. A file of which only this is known, the rest being a hole, opens
 * as the whole one does: its size, types and shapes can be seen before a download.
 */
public final class WeightHeader {

    /** What is read at first: the header of most safetensors files, and of a GGUF file, which has a vocabulary in it, a beginning. */
    private static final long FIRST = 1 << 17, FIRST_OF_GGUF = 1 << 20;

    private WeightHeader() {}

    /** Whether a file of this name has its header at its beginning: safetensors and GGUF. */
    public static boolean comesFirst(String name) {
        return name.endsWith(".safetensors") || isGguf(name);
    }

    private static boolean isGguf(String name) {
        return name.regionMatches(true, Math.max(0, name.length() - 5), ".gguf", 0, 5);
    }

    /**
     * How many bytes at the beginning of a file must be known, so that it opens; no more than are known if these are enough. Of a GGUF
     * file, which does not say it, this is a guess, to be asked again.
     *
     * @param file as long as the whole one; what follows the known bytes may be anything
     * @throws WeightFileException if what is known is damaged, or of a type that is not read
     */
    public static long needed(Path file, long known) throws IOException {
        try (var channel = FileChannel.open(file)) {
            if (known < Math.min(8, channel.size())) return Math.min(isGguf(file.toString()) ? FIRST_OF_GGUF : FIRST, channel.size());
            if (isGguf(file.toString())) return Gguf.headerIsWithin(file, known) ? known : Math.min(channel.size(), 2 * known);
            if (channel.size() < 8) return known;
            var length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            while (length.hasRemaining()) {
                if (channel.read(length, length.position()) < 0) break;
            }
            return 8 + Safetensors.headerLength(file, length.getLong(0), channel.size());
        }
    }
}
