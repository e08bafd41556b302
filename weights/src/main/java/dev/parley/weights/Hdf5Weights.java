package dev.parley.weights;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** A {@code tf_model.h5} of transformers' TFGPT2 models, mapped, its tensors under the names of the PyTorch model. */
final class Hdf5Weights implements WeightSource {

    private final Path file;
    private final Arena arena;
    private final MemorySegment bytes;
    private final Map<String, Entry> entries;

    private record Entry(TensorInfo info, long address, long size) {}

    private Hdf5Weights(Path file, Arena arena, MemorySegment bytes, Map<String, Entry> entries) {
        this.file = file;
        this.arena = arena;
        this.bytes = bytes;
        this.entries = entries;
    }

    static Hdf5Weights open(Path file) throws IOException {
        var arena = Arena.ofShared();
        try (var channel = FileChannel.open(file)) {
            var bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            var entries = new LinkedHashMap<String, Entry>();
            for (var dataset : Hdf5.datasets(file, bytes).values()) {
                var name = TensorFlowNames.ofKeras(dataset.path());
                var info = new TensorInfo(name, dataset.dtype(), TensorFlowNames.shape(name, dataset.shape()), file);
                if (entries.put(name, new Entry(info, dataset.address(), dataset.size())) != null) {
                    throw new WeightFileException(file, "two datasets are the tensor \"" + name + "\"");
                }
            }
            return new Hdf5Weights(file, arena, bytes, entries);
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    @Override
    public Path file() {
        return file;
    }

    @Override
    public Set<String> names() {
        return entries.keySet();
    }

    @Override
    public TensorInfo info(String name) {
        return entry(name).info();
    }

    @Override
    public MemorySegment bytes(String name) {
        var entry = entry(name);
        return bytes.asSlice(entry.address(), entry.size());
    }

    private Entry entry(String name) {
        var entry = entries.get(name);
        if (entry == null) throw new WeightFileException(file, "there is no tensor \"" + name + "\"");
        return entry;
    }

    @Override
    public void close() {
        arena.close();
    }
}
