package dev.parley.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Finds the weights of a model folder, in whichever of the known forms they lie there. */
public final class WeightFiles {

    private static final List<String> KNOWN = List.of("model.safetensors", "model.safetensors.index.json",
            "pytorch_model.bin", "pytorch_model.bin.index.json", "tf_model.h5");

    private WeightFiles() {}

    /**
     * Opens the first of model.safetensors, its shards, pytorch_model.bin, its shards, tf_model.h5, a TensorFlow checkpoint.
     *
     * @param folder of a model
     * @return its weights, which the caller closes
     * @throws WeightFileException if there is none of them, or it is damaged
     * @throws IOException if a file cannot be read
     */
    public static WeightSource open(Path folder) throws IOException {
        for (var name : KNOWN) {
            var file = folder.resolve(name);
            if (Files.exists(file)) return openFile(file);
        }
        var checkpoint = CheckpointWeights.find(folder);
        if (checkpoint.isPresent()) return CheckpointWeights.open(checkpoint.get());
        throw new WeightFileException(folder + " holds no weights: none of " + String.join(", ", KNOWN) + ", model.ckpt.index is there.");
    }

    /**
     * Opens one file, by its name's ending.
     *
     * @param file of weights, or the index of a file's shards
     * @return its weights, which the caller closes
     * @throws WeightFileException if it does not exist, is of no known kind, or is damaged
     * @throws IOException if it cannot be read
     */
    public static WeightSource openFile(Path file) throws IOException {
        if (!Files.exists(file)) throw new WeightFileException(file + " does not exist.");
        var name = file.getFileName().toString();
        if (name.endsWith(".index.json")) return ShardedWeights.open(file);
        if (name.endsWith(".bin")) return PickledWeights.open(file);
        if (name.endsWith(".h5")) return Hdf5Weights.open(file);
        return name.endsWith(".index") ? CheckpointWeights.open(file) : Safetensors.open(file);
    }
}
