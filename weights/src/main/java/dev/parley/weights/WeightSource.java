package dev.parley.weights;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Set;

/** Named tensors in one or several files. They are checked when the source is opened, and read one by one. */
public sealed interface WeightSource extends AutoCloseable permits Safetensors, ShardedWeights, PickledWeights, GgufWeights,
        Hdf5Weights, CheckpointWeights {

    /** The file to name in messages. */
    Path file();

    /** The names of the tensors, in the order of the file. */
    Set<String> names();

    /**
     * Type and shape of a tensor, without reading its numbers.
     *
     * @param name as {@link #names()} has it
     * @return what the file says of it
     * @throws WeightFileException if there is no tensor of that name
     */
    TensorInfo info(String name);

    /**
     * The bytes of a tensor in row-major order, little-endian: where the file has them so, the file itself, mapped. Valid until
     * the source is closed.
     */
    MemorySegment bytes(String name);

    @Override
    void close() throws IOException;
}
