package dev.parley.model;

import dev.parley.files.FolderTree;
import dev.parley.kernels.DType;
import dev.parley.model.adapter.AdapterFiles;
import dev.parley.model.adapter.LoraConfig;
import dev.parley.weights.SafetensorsFolder;
import dev.parley.weights.ShardSize;
import dev.parley.weights.TensorData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.SplittableRandom;

/** Models with random weights for tests, made without libtorch; the same seed gives the same weights. */
public final class RandomModels {

    private RandomModels() {}

    /** Writes a model folder: every weight as its blueprint says that a fresh one is drawn. */
    public static void write(Path folder, ModelConfig config, long seed) throws IOException {
        var random = new SplittableRandom(seed);
        Files.createDirectories(folder);
        var tensors = new LinkedHashMap<WeightSpec, TensorData>();
        for (var spec : config.blueprint().weights()) tensors.put(spec, drawn(spec, random));
        SafetensorsFolder.write(folder, WeightSpec.inFiles(tensors), ShardSize.DEFAULT);
        config.write(folder.resolve("config.json"));
    }

    private static TensorData drawn(WeightSpec spec, SplittableRandom random) {
        var numbers = new float[Math.toIntExact(spec.elements())];
        for (int i = 0; i < numbers.length; i++)
            numbers[i] = (float) (spec.init().mean() + spec.init().standardDeviation() * random.nextGaussian());
        return of(spec.name(), numbers, spec.shape());
    }

    /** Writes an adapter of every matrix of the layers, with numbers large enough to change what a model says. */
    public static void writeAdapter(Path folder, ModelConfig config, int rank, long seed) throws IOException {
        var random = new SplittableRandom(seed);
        var tensors = new ArrayList<TensorData>();
        for (var weight : config.blueprint().weights()) {
            if (!weight.isLayerMatrix()) continue;
            var module = weight.name().substring(0, weight.name().length() - ".weight".length());
            tensors.add(uniform(AdapterFiles.nameOfA(module), rank, weight.inFeatures(), random));
            tensors.add(uniform(AdapterFiles.nameOfB(module), weight.outFeatures(), rank, random));
        }
        AdapterFiles.write(folder, LoraConfig.of(rank, 2 * rank), tensors);
    }

    private static TensorData uniform(String name, int rows, int columns, SplittableRandom random) {
        var numbers = new float[rows * columns];
        for (int i = 0; i < numbers.length; i++) numbers[i] = (float) random.nextDouble(-0.2, 0.2);
        return of(name, numbers, rows, columns);
    }

    /** A tensor of float32 to be written. */
    public static TensorData of(String name, float[] numbers, long... shape) {
        return TensorData.of(name, DType.FLOAT32, shape, MemorySegment.ofArray(bytes(numbers)));
    }

    private static byte[] bytes(float[] numbers) {
        var bytes = ByteBuffer.allocate(Float.BYTES * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(numbers);
        return bytes.array();
    }

    /** A model in float32, run by the Java engine. */
    public static CausalLM load(ModelConfig config, long seed) {
        return load(config, seed, Backend.JAVA);
    }

    /** A model in float32. */
    public static CausalLM load(ModelConfig config, long seed, Backend backend) {
        try {
            var folder = Files.createTempDirectory("parley-random-model");
            try {
                write(folder, config, seed);
                return CausalLM.fromPretrained(folder, WeightType.FLOAT32, DType.FLOAT32, backend); // a mapped file outlives its name
            } finally {
                FolderTree.delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
