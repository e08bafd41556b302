package dev.parley.serve.lessons;

import dev.parley.files.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * What tells a model's files from any others: an adapter that was made for some changes others into nonsense. Of weights, the sizes and
 * some pieces are looked at: training changes all of them, and reading gigabytes would take seconds.
 */
public final class ModelFingerprint {

    private static final int PIECE = 64 << 10;
    private static final int PIECES = 8;

    private ModelFingerprint() {}

    /**
     * Of a model's folder.
     *
     * @throws LessonException if it has no safetensors: others cannot be taught
     */
    public static String of(Path folder) {
        try {
            var weights = weights(folder);
            if (weights.isEmpty()) throw new LessonException(folder + " holds no safetensors, so it cannot be taught.");
            var hash = new Sha256();
            for (var name : List.of("config.json", "tokenizer.json")) {
                var file = folder.resolve(name);
                if (Files.isRegularFile(file)) hash.text(name).file(file);
            }
            for (var file : weights) addPieces(hash.text(file.getFileName().toString()), file);
            return hash.hex();
        } catch (IOException e) {
            throw new LessonException("The model in " + folder + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    /** Whether a folder holds weights that an adapter can be made for. */
    public static boolean isTeachable(Path folder) {
        try {
            return !weights(folder).isEmpty();
        } catch (IOException e) {
            return false;
        }
    }

    private static List<Path> weights(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) return List.of();
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().endsWith(".safetensors")).filter(Files::isRegularFile).sorted()
                    .toList();
        }
    }

    private static void addPieces(Sha256 hash, Path file) throws IOException {
        try (var channel = FileChannel.open(file)) {
            var size = channel.size();
            hash.text(Long.toString(size));
            for (var piece = 0; piece < PIECES; piece++) {
                var buffer = ByteBuffer.allocate(PIECE);
                var at = Math.max(0, (size - PIECE) * piece / (PIECES - 1));
                while (buffer.hasRemaining() && channel.read(buffer, at + buffer.position()) > 0) {} // until it is full, or the file ends
                hash.bytes(Arrays.copyOf(buffer.array(), buffer.position()));
            }
        }
    }
}
