package dev.parley.model.adapter;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.files.DurableFile;
import dev.parley.model.Blueprint;
import dev.parley.model.ModelException;
import dev.parley.model.WeightLoader;
import dev.parley.model.WeightSpec;
import dev.parley.weights.SafetensorsWriter;
import dev.parley.weights.TensorData;
import dev.parley.weights.TensorInfo;
import dev.parley.weights.WeightFiles;
import dev.parley.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * An adapter as it lies on the disk, in PEFT's layout: {@code adapter_config.json}, and {@code adapter_model.safetensors} with two
 * matrices for each module, A (r, in) and B (out, r), and those tensors that were learned whole. The tensors are mapped until it is
 * closed.
 */
public final class AdapterFiles implements AutoCloseable {

    /** What PEFT calls the config. */
    public static final String CONFIG = "adapter_config.json";

    /** What PEFT calls the weights. */
    public static final String WEIGHTS = "adapter_model.safetensors";

    private static final String PREFIX = "base_model.model.";
    private static final String A = ".lora_A.weight";
    private static final String B = ".lora_B.weight";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final LoraConfig config;
    private final WeightSource source;
    private final Map<String, Matrices> modules = new LinkedHashMap<>();
    private final Map<String, String> whole = new LinkedHashMap<>(); // a weight's name in a model's file to the name in this one

    private record Matrices(TensorInfo a, TensorInfo b) {}

    private AdapterFiles(LoraConfig config, WeightSource source) {
        this.config = config;
        this.source = source;
        for (var name : source.names()) sort(name);
        if (modules.isEmpty() && whole.isEmpty()) throw new ModelException(source.file() + " holds no adapter: it has no tensor.");
    }

    /** Whether a folder holds an adapter rather than a model. */
    public static boolean isAdapter(Path folder) {
        return Files.isRegularFile(folder.resolve(CONFIG));
    }

    /**
     * Opens an adapter's folder.
     *
     * @throws ModelException if it holds no adapter, or one that Parley does not honour
     * @throws IOException if a file cannot be read
     */
    public static AdapterFiles open(Path folder) throws IOException {
        if (!isAdapter(folder)) throw new ModelException(folder + " has no " + CONFIG + ", so that it is no adapter.");
        var config = LoraConfig.read(folder.resolve(CONFIG));
        var weights = folder.resolve(WEIGHTS);
        if (!Files.isRegularFile(weights)) throw new ModelException(folder + " has an " + CONFIG + " and no " + WEIGHTS + ".");
        var source = WeightFiles.openFile(weights);
        try {
            return new AdapterFiles(config, source);
        } catch (RuntimeException e) {
            source.close();
            throw e;
        }
    }

    private void sort(String name) {
        var info = source.info(name);
        if (!info.dtype().isFloatingPoint()) throw wrong(name, "holds " + info.dtype() + " where weights are floating-point numbers");
        if (!name.startsWith(PREFIX)) throw wrong(name, "is not called " + PREFIX + "…, as PEFT's are");
        var own = name.substring(PREFIX.length());
        if (own.endsWith(A)) sortPair(own.substring(0, own.length() - A.length()));
        else if (own.endsWith(B)) sortPair(own.substring(0, own.length() - B.length()));
        else if (own.contains(".lora_")) throw wrong(name, "is a part of adapters that this version of Parley does not honour");
        else whole.put(own, name);
    }

    private void sortPair(String module) {
        if (modules.containsKey(module)) return;
        var a = matrix(PREFIX + module + A);
        var b = matrix(PREFIX + module + B);
        if (a.shape()[0] != b.shape()[1] || a.shape()[0] < 1 || a.shape()[0] > LoraConfig.LARGEST_RANK)
            throw wrong(a.name(), "has shape " + a.shapeText() + " beside a B of " + b.shapeText() + ": their ranks do not fit");
        modules.put(module, new Matrices(a, b));
    }

    private TensorInfo matrix(String name) {
        if (!source.names().contains(name)) throw new ModelException(source.file() + ": tensor \"" + name + "\" is missing.");
        var info = source.info(name);
        if (info.shape().length != 2 || info.elements() > Integer.MAX_VALUE - 8)
            throw wrong(name, "has shape " + info.shapeText() + " where an adapter has a matrix");
        return info;
    }

    private ModelException wrong(String tensor, String what) {
        return new ModelException(source.file() + ": tensor \"" + tensor + "\" " + what + ".");
    }

    /** What it is. */
    public LoraConfig config() {
        return config;
    }

    /** The modules that have low-rank matrices, such as {@code transformer.h.0.attn.c_attn}, in the order of the file. */
    public Set<String> modules() {
        return modules.keySet();
    }

    /**
     * The matrices beside a module's.
     *
     * @param a (rank, in), row-major
     * @param b (out, rank), row-major
     * @param scale what x Aᵀ Bᵀ is multiplied by
     */
    public record LowRankMatrices(int rank, int in, int out, float[] a, float[] b, double scale) {}

    /** Reads a module's matrices, in float32. */
    public LowRankMatrices lowRank(String module) {
        var pair = modules.get(module);
        if (pair == null) throw new IllegalArgumentException("The adapter has nothing for " + module + ".");
        int rank = (int) pair.a.shape()[0], in = (int) pair.a.shape()[1], out = (int) pair.b.shape()[0];
        return new LowRankMatrices(rank, in, out, WeightLoader.numbers(source, pair.a.name()), WeightLoader.numbers(source, pair.b.name()),
                config.scale(rank));
    }

    /** The weights that were learned whole, by their names in the model's files, such as {@code lm_head.weight}. */
    public Set<String> wholeWeights() {
        return whole.keySet();
    }

    /** Type and shape of a weight that was learned whole. */
    public TensorInfo wholeInfo(String weight) {
        return source.info(whole.get(weight));
    }

    /** The numbers of a weight that was learned whole, row-major, in float32. */
    public float[] wholeNumbers(String weight) {
        return WeightLoader.numbers(source, whole.get(weight));
    }

    /**
     * Fails if it does not fit a model.
     *
     * @throws ModelException naming the first part that does not
     */
    public void check(Blueprint blueprint) {
        for (var entry : modules.entrySet()) {
            var a = entry.getValue().a;
            var weight = weight(blueprint, entry.getKey() + ".weight").filter(w -> !w.isVector() && w.part().isEmpty());
            if (weight.isEmpty()) throw wrong(a.name(), "stands beside a matrix that the model has not");
            var b = entry.getValue().b;
            if (a.shape()[1] != weight.get().inFeatures() || b.shape()[0] != weight.get().outFeatures())
                throw wrong(a.name(), "has shape " + a.shapeText() + " beside a B of " + b.shapeText() + "; the model's matrix takes "
                        + weight.get().inFeatures() + " numbers and gives " + weight.get().outFeatures());
        }
        for (var entry : whole.entrySet()) {
            var weight = weight(blueprint, entry.getKey());
            var info = source.info(entry.getValue());
            if (weight.isEmpty()) throw wrong(info.name(), "is not part of the model");
            if (!Arrays.equals(info.shape(), weight.get().shape()))
                throw wrong(info.name(), "has shape " + info.shapeText() + "; the model's has "
                        + weight.get().dimensions().stream().map(String::valueOf).collect(Collectors.joining(", ", "(", ")")));
        }
    }

    /** The weight that a name in an adapter means: some were made for a model without the prefix of its names. */
    public static Optional<WeightSpec> weight(Blueprint blueprint, String name) {
        return blueprint.weights().stream().filter(w -> w.name().equals(name) || w.name().equals(blueprint.prefix() + name)).findFirst();
    }

    /** What PEFT calls the matrix A of a module. */
    public static String nameOfA(String module) {
        return PREFIX + module + A;
    }

    /** What PEFT calls the matrix B of a module. */
    public static String nameOfB(String module) {
        return PREFIX + module + B;
    }

    /** What PEFT calls a weight that was learned whole. */
    public static String nameOfWhole(String weight) {
        return PREFIX + weight;
    }

    /**
     * Writes an adapter's folder, the config last, so that a folder that has one is whole.
     *
     * @param tensors by PEFT's names
     * @throws IOException if writing fails
     */
    public static void write(Path folder, LoraConfig config, List<TensorData> tensors) throws IOException {
        Files.createDirectories(folder);
        SafetensorsWriter.write(folder.resolve(WEIGHTS), new ArrayList<>(tensors));
        DurableFile.write(folder.resolve(CONFIG), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(config.json()) + "\n");
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
