package dev.parley.weights;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.files.DurableFile;
import dev.parley.kernels.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Writes a safetensors file, tensor after tensor from where each lies. */
public final class SafetensorsWriter {

    private static final ObjectMapper JSON = new ObjectMapper();

    private SafetensorsWriter() {}

    /**
     * Writes the tensors in the order of the list, whole or not at all.
     *
     * @param file to write, replacing one of that name
     * @param tensors each name once
     * @throws IOException if writing fails; a file of that name then stays as it was
     */
    public static void write(Path file, List<TensorData> tensors) throws IOException {
        var header = header(tensors);
        DurableFile.write(file, channel -> {
            TensorData.write(channel, header);
            for (var tensor : tensors) {
                var end = channel.position() + tensor.bytes();
                tensor.content().writeTo(bytes -> TensorData.write(channel, bytes));
                if (channel.position() != end)
                    throw new IllegalStateException("Tensor " + tensor.name() + " did not write its " + tensor.bytes() + " bytes.");
            }
        });
    }

    private static ByteBuffer header(List<TensorData> tensors) throws IOException {
        var json = JSON.createObjectNode();
        json.putObject("__metadata__").put("format", "pt"); // transformers refuses files without it
        var offset = 0L;
        for (var tensor : tensors) {
            var described = json.putObject(tensor.name()).put("dtype", label(tensor.dtype()));
            var shape = described.putArray("shape");
            for (var size : tensor.shape()) shape.add(size);
            var end = offset + tensor.bytes();
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
}
