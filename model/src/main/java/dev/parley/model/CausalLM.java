package dev.parley.model;

import dev.parley.kernels.CpuFeatures;
import dev.parley.kernels.attention.KvBlocks;
import dev.parley.kernels.machine.ThreadTeam;
import dev.parley.hub.Hub;
import dev.parley.weights.Gguf;
import dev.parley.weights.SafetensorsFolder;
import dev.parley.weights.ShardSize;
import dev.parley.weights.WeightFiles;
import dev.parley.weights.WeightSource;
import dev.parley.kernels.DType;
import dev.parley.tensor.Engine;
import dev.parley.tensor.RandomState;
import dev.parley.tensor.Scope;
import dev.parley.tensor.Tensor;
import dev.parley.tensor.Workers;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A language model that predicts each token from those before it: the Transformer with its head, loaded from and saved
 * to a folder in Hugging Face's layout.
 *
 * <pre>{@code
 * try (var model = CausalLM.fromPretrained(Path.of("my-model"))) {
 *     float[] next = model.nextLogits(TokenBatch.of(ids))[0];      // one score for each token of the vocabulary
 * }
 * }</pre>
 *
 * Its weights lie in native memory until {@link #close()}. One thread may use it at a time.
 */
public final class CausalLM implements AutoCloseable {

    private final ModelConfig config;
    private final Parameters parameters;
    private final TorchPasses torch;
    private final Arena arena = Arena.ofShared();
    private final Backend backend;
    private WeightSource source; // open as long as weights are used where the file has them
    private Optional<JavaRunner> kernels = Optional.empty();
    private Optional<Replicas> replicas = Optional.empty(); // made at the first pass of training

    private CausalLM(ModelConfig config, DType computeType, Backend backend) {
        this.config = config;
        this.backend = backend;
        parameters = new Parameters(config.blueprint().weights());
        torch = new TorchPasses(config, new Transformer(parameters, config), computeType);
    }

    /** A new model with random weights; the same seed gives the same weights. */
    public static CausalLM create(ModelConfig config, long seed) {
        var model = new CausalLM(config, CpuFeatures.computeType(), Backend.TORCH);
        RandomState.seed(seed);
        model.parameters.initialize();
        return model;
    }

    /** Loads a model folder to run it: weights in the type that this machine computes fastest in. */
    public static CausalLM fromPretrained(Path folder) {
        return fromPretrained(folder, CpuFeatures.computeType());
    }

    /**
     * As {@link #fromPretrained(Path)}: a folder or a GGUF file, else {@code org/name[@revision]} of the hub, downloaded once.
     *
     * @throws ModelException if it is neither
     */
    public static CausalLM fromPretrained(String nameOrFolder) {
        return fromPretrained(Hub.resolve(nameOrFolder));
    }

    /**
     * Loads a model folder to run it in a type of one's choice.
     *
     * @param computeType float32 or bfloat16: of the weights in memory and of the products
     * @throws ModelException naming the file and what is wrong with it
     */
    public static CausalLM fromPretrained(Path folder, DType computeType) {
        return fromPretrained(folder, WeightType.of(computeType), computeType, Backend.AUTO);
    }

    /**
     * Loads a model folder, or a GGUF file, to run it.
     *
     * @param weights how its matrices are kept in memory
     * @param computeType of libtorch's products; our kernels compute in float32 from any weights
     */
    public static CausalLM fromPretrained(Path folder, WeightType weights, DType computeType, Backend backend) {
        var model = open(folder, computeType, backend == Backend.AUTO && !Engine.isAvailable() ? Backend.JAVA : backend);
        try {
            model.source = GgufImport.isGguf(folder) ? GgufImport.weights(Gguf.open(folder), model.config) : WeightFiles.open(folder);
            new WeightLoader(model.source, model.config.blueprint()).loadToRun(model.parameters, weights, model.arena);
            if (model.backend != Backend.TORCH) model.kernels = Optional.of(new JavaRunner(model.parameters, model.config));
            return model;
        } catch (IOException e) {
            model.close();
            throw unreadable(folder, e);
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    /** Loads a model folder to train it: weights in float32, products in the type given. */
    public static CausalLM forTraining(Path folder, DType computeType) {
        var model = open(folder, computeType, Backend.TORCH);
        try (var source = WeightFiles.open(folder)) {
            new WeightLoader(source, model.config.blueprint()).loadToTrain(model.parameters);
            return model;
        } catch (IOException e) {
            model.close();
            throw unreadable(folder, e);
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }

    private static CausalLM open(Path folder, DType computeType, Backend backend) {
        if (GgufImport.isGguf(folder)) {
            try (var gguf = Gguf.open(folder)) {
                return new CausalLM(GgufImport.config(gguf), computeType, backend);
            } catch (IOException e) {
                throw unreadable(folder, e);
            }
        }
        if (!Files.isDirectory(folder)) {
            throw new ModelException("There is no model folder " + folder + "; name a folder with a config.json and weights.");
        }
        return new CausalLM(ConfigFile.ofFolder(folder), computeType, backend);
    }

    private static ModelException unreadable(Path folder, IOException e) {
        return new ModelException(folder + ": the weights cannot be read: " + e.getMessage() + ".");
    }

    /** Writes the model in files of 5 GB at most, as {@link #savePretrained(Path, ShardSize)}. */
    public void savePretrained(Path folder) throws IOException {
        savePretrained(folder, ShardSize.DEFAULT);
    }

    /**
     * Writes config.json and the weights, each file whole or not at all; the tied head is written once. Weights beyond a size
     * go into several files with an index, as transformers writes them; those of an earlier save are removed.
     */
    public void savePretrained(Path folder, ShardSize largest) throws IOException {
        SafetensorsFolder.write(folder, parameters.all().stream().map(p -> TensorFiles.data(p.name(), p.value())).toList(), largest);
        config.write(folder.resolve("config.json"));
    }

    public ModelConfig config() {
        return config;
    }

    public Parameters parameters() {
        return parameters;
    }

    /** Bytes of weights that the step of one token reads: all but tables, of which it reads a row. */
    public long weightBytes() {
        return parameters.all().stream().filter(p -> p.spec().use() != WeightSpec.Use.TABLE).mapToLong(Parameters.Parameter::bytes).sum();
    }

    /** The type that products of matrices are computed in. */
    public DType computeType() {
        return torch.computeType();
    }

    /** Chooses the type of products from now on; the weights stay as they are. */
    public void computeIn(DType computeType) {
        torch.computeIn(computeType);
    }

    // ---- scores and likelihood, by libtorch ----

    /** Scores of every next token at every position, in float32: (B, T, V). Recorded for gradients unless in {@code NoGrad}. */
    public Tensor logits(TokenBatch batch) {
        return torch.logits(batch);
    }

    /** Scores of the token that follows each row, (B, V), without gradients. */
    public float[][] nextLogits(TokenBatch batch) {
        return torch.nextLogits(batch, null, new int[0][]);
    }

    /** ln p(ids[t+1] | ids[..t]) of each row, (B, T-1), natural logarithm, without gradients. */
    public double[][] tokenLogprobs(int[][] ids) {
        return torch.tokenLogprobs(ids);
    }

    /** The sum of -ln p over the targets of labels, and how many they are, without gradients or dropout. */
    public LossSum loss(TokenBatch batch, int[][] labels) {
        return replicas.isPresent() && batch.rows() > 1 ? replicas.get().loss(batch, labels) : torch.loss(batch, labels);
    }

    /**
     * One training pass: the sum of -ln p over the targets, whose gradient divided by {@code divisor} is added to the
     * gradients of the parameters. The divisor is the number of targets of the whole step, so that several passes give
     * what one large one would. Rows are shared out to as many threads as {@link Engine#threads()} says.
     *
     * @param labels (B, T), unshifted; -100 where a token is no target
     */
    public LossSum lossAndBackward(TokenBatch batch, int[][] labels, double divisor) {
        if (batch.rows() == 1 || !sharesRows()) return torch.lossAndBackward(batch, labels, divisor);
        return replicas.orElseThrow().lossAndBackward(batch, labels, divisor);
    }

    /** Dropout draws from one generator, whose numbers must not depend on which thread comes first. */
    private boolean sharesRows() {
        if (replicas.isEmpty() && Engine.threads() > 1 && config.dropout().isNone() && Workers.canRun()) {
            replicas = Optional.of(new Replicas(config, torch, parameters, Engine.threads()));
        }
        return replicas.isPresent();
    }

    // ---- continuing texts ----

    /** Whether libtorch's products in bfloat16 are faster than ours. */
    private static final boolean TORCH_IS_FAST = Engine.trainingType() == DType.BFLOAT16;

    /**
     * Texts from which on libtorch continues them as one batch, where bfloat16 is fast: so many rows keep its products busy.
     * Elsewhere our kernels continue any number: with AVX2 17 texts were once seen at 12 tokens a second by libtorch, 74 by them.
     */
    private static final int TORCH_ROWS = TORCH_IS_FAST ? 17 : Integer.MAX_VALUE;

    /**
     * Tokens of a prompt from which on libtorch reads it, where bfloat16 is fast: fewer would not make up for its start. Elsewhere
     * our kernels read it quicker: 512 tokens of GPT-2 124M in bfloat16 at 440 and 610 tokens a second with AVX2 and AVX-512,
     * libtorch at 216 and 512.
     */
    private static final int TORCH_PROMPT = TORCH_IS_FAST ? 64 : Integer.MAX_VALUE;

    /**
     * Begins to continue texts. A text's scores do not depend on the other texts.
     *
     * @param capacity tokens of the longest at most, prompt counted
     */
    public Continuation continueTexts(int rows, int capacity) {
        if (kernels.isEmpty() || backend == Backend.AUTO && rows >= TORCH_ROWS) return new TorchContinuation(torch, config, rows);
        return new KernelContinuation(config, kernels.get(), this::prefill, backend == Backend.JAVA ? Integer.MAX_VALUE : TORCH_PROMPT, rows, capacity);
    }

    /**
     * Begins to continue texts that come and go, in memory for so many bytes of keys and values, and at least one whole context.
     *
     * @throws ModelException if the model is run by libtorch alone
     */
    public SharedPasses sharedPasses(long cacheBytes) {
        return new SharedPasses(config, kernels.orElseThrow(() -> new ModelException("Texts that come and go are run by our kernels, and this model is run by libtorch alone.")), cacheBytes);
    }

    /** Reads a prompt by libtorch, and hands its keys and values over. */
    private float[] prefill(int[] ids, KvBlocks blocks) {
        try (var scope = Scope.open(); var cache = KvCache.of(config)) {
            var scores = torch.nextLogits(TokenBatch.of(ids), cache, new int[0][])[0];
            blocks.reserve(ids.length);
            int heads = config.numKeyValueHeads(), d = config.headDim(), n = ids.length;
            for (int i = 0; i < config.numHiddenLayers(); i++) {
                var layer = i;
                var all = cache.all(i);
                float[] keys = all.keys().toFloats(), values = all.values().toFloats(); // (1, H, S, D)
                ThreadTeam.shared().each(heads, h -> {
                    for (int t = 0; t < n; t++) blocks.put(layer, h, t, keys, (h * n + t) * d, values, (h * n + t) * d);
                });
            }
            blocks.advance(n);
            return scores;
        }
    }

    /** Frees the weights. */
    @Override
    public void close() {
        replicas.ifPresent(Replicas::close);
        replicas = Optional.empty();
        parameters.close();
        kernels = Optional.empty();
        if (arena.scope().isAlive()) arena.close();
        try {
            if (source != null) source.close();
        } catch (IOException e) {
            throw new ModelException(source.file() + " cannot be closed: " + e.getMessage() + ".");
        } finally {
            source = null;
        }
    }
}
