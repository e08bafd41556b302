package dev.parley.model.weights;

import dev.parley.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/** Named tensors in one or several files. They are checked when the source is opened, and read one by one. */
public sealed interface WeightSource extends AutoCloseable permits Safetensors, ShardedWeights, PickledWeights {

    /** The file to name in messages. */
    Path file();

    /** The names of the tensors, in the order of the file. */
    Set<String> names();

    /** @throws WeightFileException if there is no tensor of that name */
    TensorInfo info(String name);

    /** Copies a tensor into memory of its own, in the file's type. */
    Tensor read(String name);

    @Override
    void close() throws IOException;
}
