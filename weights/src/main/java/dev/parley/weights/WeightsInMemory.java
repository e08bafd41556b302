package dev.parley.weights;

import dev.parley.kernels.DType;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Tensors that a program has in memory rather than in a file: those of a model that is being trained. */
public final class WeightsInMemory implements WeightSource {

    private final Path name;
    private final Map<String, TensorInfo> infos = new LinkedHashMap<>();
    private final Map<String, MemorySegment> memory = new LinkedHashMap<>();

    /** @param name that stands for a file in messages */
    public WeightsInMemory(String name) {
        this.name = Path.of(name);
    }

    /**
     * Adds a tensor.
     *
     * @param bytes in row-major order, little-endian, as long as this is used
     */
    public void put(String tensor, DType dtype, long[] shape, MemorySegment bytes) {
        infos.put(tensor, new TensorInfo(tensor, dtype, shape.clone(), name));
        memory.put(tensor, bytes);
    }

    @Override
    public Path file() {
        return name;
    }

    @Override
    public Set<String> names() {
        return infos.keySet();
    }

    @Override
    public TensorInfo info(String tensor) {
        var info = infos.get(tensor);
        if (info == null) throw new WeightFileException(name + " has no tensor \"" + tensor + "\".");
        return info;
    }

    @Override
    public MemorySegment bytes(String tensor) {
        info(tensor);
        return memory.get(tensor);
    }

    @Override
    public void close() {
        // The memory is its owner's.
    }
}
