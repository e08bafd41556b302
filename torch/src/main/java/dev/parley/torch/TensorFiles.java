package dev.parley.torch;

import dev.parley.tensor.Scope;
import dev.parley.tensor.Tensor;
import dev.parley.weights.SafetensorsWriter;
import dev.parley.weights.TensorData;
import dev.parley.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** Tensors out of weight files and into them. */
public final class TensorFiles {

    private TensorFiles() {}

    /** Copies a tensor of a file into memory of its own, in the file's type. */
    public static Tensor read(WeightSource source, String name) {
        var info = source.info(name);
        return Tensor.fromMemory(source.bytes(name), info.dtype(), info.shape());
    }

    /** A tensor to be written, in its own type. */
    public static TensorData data(String name, Tensor tensor) {
        return new TensorData(name, tensor.dtype(), tensor.shape(), sink -> {
            try (var scope = Scope.open()) {
                sink.write(tensor.detach().contiguous().memory());
            }
        });
    }

    /** Writes a safetensors file with the tensors in the order of the map, whole or not at all. */
    public static void write(Path file, Map<String, Tensor> tensors) throws IOException {
        SafetensorsWriter.write(file, tensors.entrySet().stream().map(e -> data(e.getKey(), e.getValue())).toList());
    }
}
