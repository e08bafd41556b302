package dev.parley.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.files.FolderTree;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.weights.GgmlType;
import dev.parley.weights.Gguf;
import dev.parley.weights.GgufWriter;
import dev.parley.weights.ImportanceMatrix;
import dev.parley.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleConsumer;
import java.util.stream.IntStream;

/** Writes a model folder as one GGUF file, tokenizer and chat template inside, as llama.cpp and Ollama run it. */
public final class GgufExport {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String NO_TOKENIZER = "no_vocab";

    private GgufExport() {}

    /**
     * Writes a model folder as one GGUF file that llama.cpp and Ollama run, with its tokenizer and chat template.
     *
     * @param folder of the model, or its GGUF file in whole floats
     * @param file to write, replacing one of that name
     * @param type of most matrices; norms and biases are float32
     * @throws ModelException if GGUF has no form of the architecture, or the weights are not those of the config
     * @throws IOException if a file cannot be read or written
     */
    public static void write(Path folder, Path file, GgmlType type) throws IOException {
        write(folder, file, GgufMixture.of(type), ImportanceMatrix.NONE, share -> {});
    }

    /**
     * As {@link #write(Path, Path, GgmlType)}, in a mixture of types.
     *
     * @param importance which columns of the matrices count more than others
     * @param done told now and then what share is written, from 0 to 1; what it throws ends the writing, and leaves no file
     */
    public static void write(Path folder, Path file, GgufMixture mixture, ImportanceMatrix importance, DoubleConsumer done)
            throws IOException {
        try (var files = ModelFiles.open(folder)) {
            if (!GgufImport.isGguf(folder)) write(folder, folder, files, file, mixture, importance, done);
            else {
                requireWhole(folder, files);
                var tokenizer = Files.createTempDirectory("parley-tokenizer");
                try {
                    if (hasTokenizer(folder)) GgufImport.writeTokenizer(folder, tokenizer);
                    write(folder, tokenizer, files, file, mixture, importance, done);
                } finally {
                    FolderTree.delete(tokenizer);
                }
            }
        }
    }

    private static boolean hasTokenizer(Path file) throws IOException {
        try (var gguf = Gguf.open(file)) {
            return !gguf.metadata().getOrDefault("tokenizer.ggml.model", NO_TOKENIZER).equals(NO_TOKENIZER);
        }
    }

    /** A file's numbers may be rounded once. Experts in MXFP4 are written as they are. */
    private static void requireWhole(Path file, ModelFiles files) {
        for (var name : files.weights().names()) {
            files.weights().blockType(name).filter(type -> type != GgmlType.MXFP4).ifPresent(type -> {
                throw new ModelException(
                        file + " is rounded to " + type + " already, and would lose twice; start from the model's folder, or from "
                                + "a file in f32, f16 or bf16.");
            });
        }
    }

    /** @param settings folder of the tokenizer and the chat template */
    private static void write(Path folder, Path settings, ModelFiles files, Path file, GgufMixture mixture, ImportanceMatrix importance,
            DoubleConsumer done) throws IOException {
        var config = files.config();
        var architecture = config.family().ggufArchitecture().orElseThrow(() -> new ModelException(
                "GGUF's form of " + config.family().modelType() + " is not known to this version of Parley."));
        var blueprint = config.blueprint();
        var source = files.weights();
        var loader = new WeightLoader(source, blueprint);
        loader.check();
        var byName = new LinkedHashMap<String, List<GgufWriter.Tensor>>(); // experts lie stacked in one tensor
        for (var weight : blueprint.weights())
            byName.computeIfAbsent(weight.ggufName(), _ -> new ArrayList<>()).add(tensor(source, loader.nameInFile(weight), weight));
        var tensors = new ArrayList<GgufWriter.Tensor>();
        for (var some : byName.values()) tensors.add(some.size() == 1 ? some.getFirst() : GgufWriter.Tensor.stacked(some));
        if (blueprint.head().writtenTwice()) tensors.add(tensors.getFirst().named("output.weight"));
        tensors.addAll(ropeFactors(config));
        var metadata = metadata(folder, settings, config, architecture, mixture, importance);
        GgufWriter.write(file, metadata, typed(tensors, config, architecture, mixture, importance), done);
    }

    /** In the types of a mixture; MXFP4 stays MXFP4, whatever the others become, as with llama.cpp's own tool. */
    private static List<GgufWriter.Tensor> typed(List<GgufWriter.Tensor> tensors, ModelConfig config, String architecture,
            GgufMixture mixture, ImportanceMatrix importance) {
        var surroundings = GgufMixture.Surroundings.of(config, architecture, tensors.stream().map(GgufWriter.Tensor::name).toList(),
                !importance.isEmpty());
        return tensors.stream().map(tensor -> {
            if (tensor.oneDimension() || tensor.type() == GgmlType.MXFP4) return tensor;
            var type = mixture.typeOf(tensor.name(), tensor.columns(), surroundings);
            return tensor.in(type, type.blockSize() == 1 ? new float[0]
                    : importance.of(tensor.name(), tensor.columns(), tensor.matrices()));
        }).toList();
    }

    private static GgufWriter.Tensor tensor(WeightSource source, String name, WeightSpec weight) {
        var rows = new GgufRows(source, name, weight);
        if (rows.isVector())
            return new GgufWriter.Tensor(weight.ggufName(), GgmlType.F32, 1, Math.toIntExact(weight.elements()), true, rows);
        var type = source.blockType(name).filter(GgmlType.MXFP4::equals).orElse(GgmlType.F32);
        return new GgufWriter.Tensor(weight.ggufName(), type, weight.outFeatures(), weight.inFeatures(), false, rows);
    }

    /** What each frequency is divided by, where that is not one number. */
    private static List<GgufWriter.Tensor> ropeFactors(ModelConfig config) {
        var scaling = config.rope().map(Rope::scaling);
        if (scaling.isPresent() && scaling.get() instanceof Rope.LongRope s)
            return List.of(factors("rope_factors_long", s.longFactors()), factors("rope_factors_short", s.shortFactors()));
        if (scaling.isEmpty() || !(scaling.get() instanceof Rope.Llama3)) return List.of();
        var dim = config.rope().get().rotaryDim(config.headDim());
        double[] stretched = config.rope().get().frequencies(dim, 0), plain = Rope.plain(config.rope().get().theta()).frequencies(dim, 0);
        return List.of(factors("rope_freqs", IntStream.range(0, plain.length).mapToObj(i -> plain[i] / stretched[i]).toList()));
    }

    private static GgufWriter.Tensor factors(String name, List<Double> factors) {
        return new GgufWriter.Tensor(name + ".weight", GgmlType.F32, 1, factors.size(), true, (first, count, into) -> {
            for (int i = 0; i < factors.size(); i++) into[i] = factors.get(i).floatValue();
        });
    }

    /**
     * The settings of a file.
     *
     * @param folder with the tokenizer, if there is one
     */
    static Map<String, Object> metadata(Path folder, Path settings, ModelConfig c, String arch, GgufMixture mixture,
            ImportanceMatrix importance) throws IOException {
        var m = new LinkedHashMap<String, Object>();
        m.put("general.architecture", arch);
        m.put("general.name", String.valueOf(folder.toAbsolutePath().normalize().getFileName()).replaceFirst("(?i)\\.gguf$", ""));
        m.put("general.file_type", mixture.fileType());
        if (mixture.quantized()) m.put("general.quantization_version", 2);
        if (mixture.quantized() && !importance.isEmpty()) {
            m.put("quantize.imatrix.file", importance.source());
            m.put("quantize.imatrix.entries_count", importance.means().size());
            m.put("quantize.imatrix.chunks_count", importance.chunks());
        }
        m.put(arch + ".vocab_size", c.vocabSize());
        m.put(arch + ".context_length", c.maxPositionEmbeddings());
        m.put(arch + ".embedding_length", c.hiddenSize());
        m.put(arch + ".block_count", c.numHiddenLayers());
        m.put(arch + ".feed_forward_length", c.intermediateSize());
        m.put(arch + ".attention.head_count", c.numAttentionHeads());
        m.put(arch + ".attention.head_count_kv", c.numKeyValueHeads());
        var shifted = c.blueprint().head().norm().shift().isPresent();
        m.put(arch + ".attention.layer_norm_" + (shifted ? "epsilon" : "rms_epsilon"), (float) c.normEpsilon());
        if (c.rope().isPresent()) rope(m, arch, c);
        c.layers().stream().mapToInt(ModelConfig.Layer::slidingWindow).max().ifPresent(window -> {
            if (window > 0) m.put(arch + ".attention.sliding_window", window);
        });
        c.family().writeGguf(c, (name, value) -> m.put(arch + "." + name, value));
        var tokenizer = tokenizer(settings);
        if (tokenizer.isPresent()) GgufTokenizer.write(m, settings, tokenizer.get(), c);
        else m.put("tokenizer.ggml.model", NO_TOKENIZER);
        return m;
    }

    /** The folder's tokenizer as a tokenizer.json, made from its older files where it has only these. */
    private static Optional<JsonNode> tokenizer(Path folder) throws IOException {
        var file = folder.resolve("tokenizer.json");
        if (Files.exists(file)) return Optional.of(JSON.readTree(file.toFile()));
        if (!Tokenizer.isIn(folder)) return Optional.empty();
        var made = Files.createTempDirectory("parley-tokenizer");
        try {
            Tokenizer.load(folder).save(made);
            return Optional.of(JSON.readTree(made.resolve("tokenizer.json").toFile()));
        } finally {
            FolderTree.delete(made);
        }
    }

    private static void rope(Map<String, Object> m, String arch, ModelConfig c) {
        var rope = c.rope().orElseThrow();
        m.put(arch + ".rope.freq_base", (float) rope.theta());
        m.put(arch + ".rope.dimension_count", rope.rotaryDim(c.headDim()));
        m.put(arch + ".attention.key_length", c.headDim());
        m.put(arch + ".attention.value_length", c.headDim());
        switch (rope.scaling()) {
            case Rope.Default _,Rope.Llama3 _ -> {}
            case Rope.Linear s -> {
                m.put(arch + ".rope.scaling.type", "linear");
                m.put(arch + ".rope.scaling.factor", (float) s.factor());
            }
            case Rope.Yarn s -> {
                m.put(arch + ".rope.scaling.type", "yarn");
                m.put(arch + ".rope.scaling.factor", (float) s.factor());
                m.put(arch + ".rope.scaling.original_context_length", s.originalMax());
                // llama.cpp multiplies it by YaRN's own
                m.put(arch + ".rope.scaling.attn_factor", (float) (s.attentionFactor() / Rope.sharpening(s.factor())));
                m.put(arch + ".rope.scaling.yarn_beta_fast", (float) s.betaFast());
                m.put(arch + ".rope.scaling.yarn_beta_slow", (float) s.betaSlow());
            }
            case Rope.LongRope s -> {
                m.put(arch + ".rope.scaling.attn_factor", (float) s.attentionFactor());
                m.put(arch + ".rope.scaling.original_context_length", s.originalMax());
            }
            case Rope.Dynamic _ -> throw new ModelException("GGUF has no dynamic rope_scaling.");
        }
    }

    /** Texts of a JSON array. */
    static List<String> texts(JsonNode array) {
        var texts = new ArrayList<String>();
        array.forEach(t -> texts.add(t.asText()));
        return texts;
    }
}
