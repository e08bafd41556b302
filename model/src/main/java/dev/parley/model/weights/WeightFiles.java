package dev.parley.model.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Finds the weights of a model folder, in whichever of the known forms they lie there. */
public final class WeightFiles {

    private static final List<String> KNOWN = List.of("model.safetensors", "model.safetensors.index.json",
            "pytorch_model.bin", "pytorch_model.bin.index.json");

    private WeightFiles() {}

    /** Opens the first of model.safetensors, its shards, pytorch_model.bin, its shards. */
    public static WeightSource open(Path folder) throws IOException {
        for (var name : KNOWN) {
            var file = folder.resolve(name);
            if (Files.exists(file)) return openFile(file);
        }
        throw new WeightFileException(folder + " holds no weights: none of " + String.join(", ", KNOWN) + " is there.");
    }

    /** Opens one file, by its name's ending. */
    public static WeightSource openFile(Path file) throws IOException {
        if (!Files.exists(file)) throw new WeightFileException(file + " does not exist.");
        var name = file.getFileName().toString();
        if (name.endsWith(".index.json")) return ShardedWeights.open(file);
        return name.endsWith(".bin") ? PickledWeights.open(file) : Safetensors.open(file);
    }
}
