package dev.parley.model;

import dev.parley.weights.GgmlType;
import dev.parley.weights.Gguf;
import dev.parley.weights.StackedWeights;
import dev.parley.weights.StackedWeights.Part;
import dev.parley.weights.WeightFiles;
import dev.parley.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Optional;

/**
 * A model as it lies on the disk, a folder in Hugging Face's layout or a GGUF file: its config, and its weights under the names
 * that the config's family gives them. The weights are mapped until it is closed.
 */
public record ModelFiles(ModelConfig config, WeightSource weights) implements AutoCloseable {

    private static final int LARGEST = 1 << 20;

    /**
     * Opens a model to read. Its configuration is read at once, a weight when it is asked for.
     *
     * @param folder in Hugging Face layout, or a GGUF file
     * @return the model's files, which the caller closes
     * @throws ModelException if there is no model, or it is of no known family
     * @throws IOException if a file cannot be read
     */
    public static ModelFiles open(Path folder) throws IOException {
        if (GgufImport.isGguf(folder)) return ofGguf(Gguf.open(folder));
        if (!Files.isDirectory(folder)) {
            throw new ModelException("There is no model folder " + folder + "; name a folder with a config.json and weights.");
        }
        var config = ConfigFile.ofFolder(folder);
        return new ModelFiles(config, ofFolder(folder, config));
    }

    private static WeightSource ofFolder(Path folder, ModelConfig config) throws IOException {
        var weights = WeightFiles.open(folder);
        var parts = new LinkedHashMap<String, Part>();
        for (var weight : config.blueprint().weights()) weight.part().ifPresent(part -> parts.put(weight.name(), part));
        try {
            return parts.isEmpty() ? weights : new StackedWeights(weights, parts);
        } catch (RuntimeException e) {
            weights.close();
            throw e;
        }
    }

    private static ModelFiles ofGguf(Gguf gguf) throws IOException {
        try {
            var config = GgufImport.config(gguf);
            return new ModelFiles(config, GgufImport.weights(gguf, config));
        } catch (RuntimeException e) {
            gguf.close();
            throw e;
        }
    }

    /**
     * How a model's matrices are kept where nobody says otherwise: in strips of as many bits as most of its numbers have, which read
     * prompts several times as fast as the files' own blocks ({@link WeightType#AS_STORED}); empty where those are whole floats.
     */
    public static Optional<WeightType> weightType(Path model) throws IOException {
        if (GgufImport.isGguf(model)) return GgufImport.weightType(model);
        return blocks(model).flatMap(GgufImport::held);
    }

    /** Whether a model has matrices in blocks that {@link WeightType#AS_STORED} can compute with. */
    public static boolean hasBlocks(Path model) throws IOException {
        return GgufImport.isGguf(model) || blocks(model).isPresent();
    }

    /** The blocks of a folder whose config speaks of such. */
    private static Optional<GgmlType> blocks(Path folder) throws IOException {
        var config = folder.resolve("config.json");
        if (!Files.isRegularFile(config) || !ConfigFile.isQuantized(config)) return Optional.empty();
        try (var files = open(folder)) {
            return files.weights.names().stream().flatMap(name -> files.weights.blockType(name).stream()).findFirst();
        }
    }

    /** The numbers of a tensor that is no part of the network, such as a classifier's head, widened; empty where there is none. */
    public Optional<float[]> numbers(String name) {
        if (!weights.names().contains(name)) return Optional.empty();
        var info = weights.info(name);
        if (!info.dtype().isFloatingPoint() || info.elements() > LARGEST)
            throw new ModelException(weights.file() + ": tensor \"" + name + "\" of " + info.dtype() + " and shape " + info.shapeText()
                    + " is no list of numbers.");
        return Optional.of(WeightLoader.numbers(weights, name));
    }

    @Override
    public void close() throws IOException {
        weights.close();
    }
}
