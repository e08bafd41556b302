package dev.parley.model.weights;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.tensor.DType;
import dev.parley.tensor.Scope;
import dev.parley.tensor.Tensor;
import dev.parley.tokenizer.DurableFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** Writes a safetensors file, tensor after tensor from where each lies in memory. */
public final class SafetensorsWriter {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** What one call of the system writes at most. */
    private static final long PIECE = 1 << 26;

    private SafetensorsWriter() {}

    /** Writes the tensors in the order of the map, whole or not at all. */
    public static void write(Path file, Map<String, Tensor> tensors) throws IOException {
        var header = header(tensors);
        DurableFile.write(file, channel -> {
            writeFully(channel, header);
            for (var tensor : tensors.values()) {
                try (var scope = Scope.open()) {
                    var bytes = tensor.detach().contiguous().memory();
                    for (long at = 0; at < bytes.byteSize(); at += PIECE) {
                        writeFully(channel, bytes.asSlice(at, Math.min(PIECE, bytes.byteSize() - at)).asByteBuffer());
                    }
                }
            }
        });
    }

    private static ByteBuffer header(Map<String, Tensor> tensors) throws IOException {
        var json = JSON.createObjectNode();
        json.putObject("__metadata__").put("format", "pt"); // transformers refuses files without it
        var offset = 0L;
        for (var entry : tensors.entrySet()) {
            var tensor = entry.getValue();
            var described = json.putObject(entry.getKey()).put("dtype", label(tensor.dtype()));
            var shape = described.putArray("shape");
            for (var size : tensor.shape()) shape.add(size);
            var end = offset + tensor.elementCount() * tensor.dtype().bytes();
            described.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        var text = JSON.writeValueAsBytes(json);
        var padded = Math.ceilDiv(text.length, 8) * 8; // so that the data begin aligned
        var buffer = ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN).putLong(padded).put(text);
        buffer.put(" ".repeat(padded - text.length).getBytes(StandardCharsets.US_ASCII));
        return buffer.flip();
    }

    private static String label(DType dtype) {
        return Safetensors.DTYPES.entrySet().stream().filter(e -> e.getValue() == dtype).findFirst().orElseThrow().getKey();
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) channel.write(bytes);
    }
}
