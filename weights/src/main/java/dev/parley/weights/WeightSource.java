package dev.parley.weights;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntUnaryOperator;

/** Named tensors in one or several files. They are checked when the source is opened, and read one by one. */
public sealed interface WeightSource extends AutoCloseable permits Safetensors, ShardedWeights, PickledWeights, GgufWeights,
        StackedWeights, Hdf5Weights, CheckpointWeights, WeightsInMemory {

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

    /** The kind of blocks that a matrix is in; empty for plain numbers. */
    default Optional<GgmlType> blockType(String name) {
        return Optional.empty();
    }

    /** A matrix that is in blocks, without widening it; empty for plain numbers. */
    default Optional<Blocks> blocks(String name) {
        return Optional.empty();
    }

    /**
     * A matrix in blocks, as GGUF has them.
     *
     * @param bytes of its rows, (out, in)
     * @param rowInFile the row there that is the model's
     */
    record Blocks(GgmlType type, MemorySegment bytes, IntUnaryOperator rowInFile) {}

    @Override
    void close() throws IOException;
}
