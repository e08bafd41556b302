package dev.parley.model;

import dev.parley.hub.Hub;
import dev.parley.kernels.DType;
import dev.parley.kernels.machine.CpuFeatures;
import dev.parley.model.InferenceSession.Feed;
import dev.parley.model.InferenceSession.Scored;
import dev.parley.model.adapter.AdapterFiles;
import dev.parley.weights.WeightSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A language model that runs: it predicts each token from those before it. Loaded from a folder in Hugging Face's layout, or from a
 * GGUF file. Models that learn are {@code TrainableLM}, in the room {@code torch}.
 *
 * <pre>{@code
 * try (var model = CausalLM.fromPretrained(Path.of("my-model")); var session = model.openSession(0); var sequence = session.open()) {
 *     float[] next = session.feed(List.of(Feed.of(sequence, ids))).getFirst().scores()[0]; // (V)
 * }
 * }</pre>
 *
 * Its weights lie in native memory until {@link #close()}. One thread may use it at a time.
 */
public final class CausalLM implements LanguageModel, AutoCloseable {

    private final ModelFiles files; // open as long as weights are used where the file has them
    private final ModelWeights weights;
    private final Arena arena;
    private final Optional<JavaRunner> java;
    private final Optional<Runner> other;
    private final int prefillFrom; // tokens of a prompt from which on the other runner reads it
    private final boolean ownsWeights;

    private CausalLM(ModelFiles files, ModelWeights weights, Arena arena, DType computeType, Backend backend,
            Optional<RunnerProvider> provider) {
        this.files = files;
        this.weights = weights;
        this.arena = arena;
        java = backend == Backend.TORCH ? Optional.empty() : Optional.of(new JavaRunner(weights, files.config()));
        other = provider.map(p -> p.open(files.config(), weights, computeType));
        prefillFrom = provider.map(RunnerProvider::fasterFromTokens).orElse(Integer.MAX_VALUE);
        ownsWeights = true;
    }

    private CausalLM(CausalLM owner) {
        files = owner.files;
        weights = owner.weights;
        arena = owner.arena;
        java = Optional.of(new JavaRunner(weights, files.config()));
        other = Optional.empty();
        prefillFrom = Integer.MAX_VALUE;
        ownsWeights = false;
    }

    /**
     * The same weights for one more thread, run by the Java engine: its passes and those of the others take turns. This model must stay
     * open as long as that one is used; to close that one frees nothing of this.
     */
    public CausalLM forAnotherThread() {
        return new CausalLM(this);
    }

    /**
     * Loads a model folder to run it, weights in the type that this machine computes fastest in; or a GGUF file, its weights as they are
     * there.
     */
    public static CausalLM fromPretrained(Path folder) {
        var type = CpuFeatures.computeType();
        try {
            return fromPretrained(folder, ModelFiles.weightType(folder).orElse(WeightType.of(type)), type, Backend.AUTO);
        } catch (IOException e) {
            throw new ModelException(folder + " cannot be read: " + e.getMessage() + ".");
        }
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
     * @param computeType of libtorch's products; the Java engine computes in float32 from any weights
     * @param backend what runs it
     * @return the model, which the caller closes
     * @throws ModelException naming the file and what is wrong with it, or where libtorch is asked for and missing
     */
    public static CausalLM fromPretrained(Path folder, WeightType weights, DType computeType, Backend backend) {
        var provider = backend == Backend.JAVA ? Optional.<RunnerProvider>empty() : RunnerProvider.find();
        if (backend == Backend.TORCH && provider.isEmpty()) {
            throw new ModelException(
                    "libtorch is not on the class path in a build for this machine; models run here by the Java engine alone (--engine "
                            + "java).");
        }
        try {
            return running(ModelFiles.open(folder), weights, computeType, backend, provider);
        } catch (IOException e) {
            throw new ModelException(folder + ": the weights cannot be read: " + e.getMessage() + ".");
        }
    }

    /**
     * A model over weights that are in memory already, such as those of one that learns, run by the Java engine alone.
     *
     * @param held read once; matrices of the type wanted may be used where they lie, so that they must stay until the model is closed
     * @param weights how its matrices are kept in memory
     */
    public static CausalLM of(ModelConfig config, WeightSource held, WeightType weights) {
        try {
            return running(new ModelFiles(config, held), weights, DType.FLOAT32, Backend.JAVA, Optional.empty());
        } catch (IOException e) {
            throw new ModelException(held.file() + ": the weights cannot be read: " + e.getMessage() + ".");
        }
    }

    private static CausalLM running(ModelFiles files, WeightType weights, DType computeType, Backend backend,
            Optional<RunnerProvider> provider) throws IOException {
        var arena = Arena.ofShared();
        try {
            var held = new WeightLoader(files.weights(), files.config().blueprint()).loadToRun(weights, arena);
            return new CausalLM(files, held, arena, computeType, backend, provider);
        } catch (RuntimeException | Error e) {
            files.close();
            arena.close();
            throw e;
        }
    }

    @Override
    public ModelConfig config() {
        return files.config();
    }

    /** Gradients by the embeddings of a text, whatever runs the model; empty where libtorch is missing. */
    public Optional<InputGradients> inputGradients() {
        return RunnerProvider.find().map(provider -> provider.gradients(config(), weights));
    }

    /** The weights in memory, as long as the model is open. */
    public ModelWeights weights() {
        return weights;
    }

    /** Bytes of weights that the step of one token reads: all but tables, of which it reads a row. */
    public long weightBytes() {
        return config().blueprint().weights().stream().filter(spec -> spec.use() != WeightSpec.Use.TABLE).mapToLong(weights::bytes).sum();
    }

    @Override
    public double[][] tokenLogprobs(int[][] ids) {
        if (other.isPresent()) return other.get().tokenLogprobs(ids);
        return Arrays.stream(ids).map(this::logprobsByJava).toArray(double[][]::new);
    }

    private double[] logprobsByJava(int[] ids) {
        var logprobs = new double[ids.length - 1];
        try (var session = openSession(0); var sequence = session.open()) {
            // in pieces: each token's scores are a whole vocabulary
            for (int from = 0; from < logprobs.length; from += session.maxTokensPerPass()) {
                var piece = Arrays.copyOfRange(ids, from, Math.min(logprobs.length, from + session.maxTokensPerPass()));
                var scores = session.feed(List.of(new Feed(sequence, piece, Scored.ALL, false))).getFirst().scores();
                for (int i = 0; i < scores.length; i++) logprobs[from + i] = logSoftmax(scores[i], ids[from + i + 1]);
            }
        }
        return logprobs;
    }

    private static double logSoftmax(float[] scores, int id) {
        var highest = Float.NEGATIVE_INFINITY;
        for (var score : scores) highest = Math.max(highest, score);
        var sum = 0.0;
        for (var score : scores) sum += Math.exp(score - highest);
        return scores[id] - highest - Math.log(sum);
    }

    /** Whether there is something that reads trees in one pass: quicker than a session where texts are short. */
    public boolean readsTrees() {
        return other.isPresent();
    }

    /** Reads a tree of texts in one pass. Only where {@link #readsTrees()}. */
    public TokenTree.Scores read(TokenTree tree) {
        var most = 0;
        for (var depth : tree.depths()) most = Math.max(most, depth + 1);
        config().checkFits(new int[0], most);
        for (var id : tree.ids()) config().checkFits(new int[] {id}, 0);
        return other.orElseThrow().read(tree);
    }

    // ---- adapters ----

    /**
     * Brings an adapter into memory, for the sequences that ask for it; others are not held up. Any number can be there at a time.
     *
     * @param folder in PEFT's layout: {@code adapter_config.json} and {@code adapter_model.safetensors}
     * @throws ModelException if it is no adapter of this model, or libtorch alone runs the model
     */
    public Adapter loadAdapter(Path folder) {
        if (java.isEmpty()) throw new ModelException("Adapters run on the Java engine: choose --engine java or auto.");
        try (var adapter = AdapterFiles.open(folder)) {
            return java.get().load(adapter);
        } catch (IOException e) {
            throw new ModelException(folder + ": the adapter cannot be read: " + e.getMessage() + ".");
        }
    }

    // ---- continuing sequences ----

    /**
     * Begins to continue sequences.
     *
     * @param cacheBytes of their keys and values, and at least one whole context; memory is taken as it is needed
     */
    public InferenceSession openSession(long cacheBytes) {
        return openSession(cacheBytes, true);
    }

    @Override
    public InferenceSession openSession(long cacheBytes, boolean wholePrompts) {
        if (java.isEmpty()) return other.orElseThrow().openSession();
        return new JavaSession(config(), java.get(), (ids, blocks) -> other.orElseThrow().prefill(ids, blocks),
                wholePrompts ? prefillFrom : Integer.MAX_VALUE, cacheBytes);
    }

    /** Frees the weights. */
    @Override
    public void close() {
        if (!ownsWeights) return;
        other.ifPresent(Runner::close);
        if (arena.scope().isAlive()) arena.close();
        try {
            files.close();
        } catch (IOException e) {
            throw new ModelException(files.weights().file() + " cannot be closed: " + e.getMessage() + ".");
        }
    }
}
