package dev.parley.torch;

import dev.parley.kernels.DType;
import dev.parley.kernels.machine.CpuFeatures;
import dev.parley.model.InferenceSession;
import dev.parley.model.LanguageModel;
import dev.parley.model.ModelConfig;
import dev.parley.model.ModelException;
import dev.parley.model.TrainingBatch;
import dev.parley.model.WeightSpec;
import dev.parley.model.WeightType;
import dev.parley.model.adapter.AdapterFiles;
import dev.parley.model.adapter.LoraConfig;
import dev.parley.tensor.Engine;
import dev.parley.tensor.NoGrad;
import dev.parley.tensor.RandomState;
import dev.parley.tensor.Scope;
import dev.parley.tensor.Tensor;
import dev.parley.tensor.Workers;
import dev.parley.weights.SafetensorsFolder;
import dev.parley.weights.ShardSize;
import dev.parley.weights.TensorData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A language model that learns: its weights are float32 tensors that training changes, run by libtorch. Saved to a folder in Hugging
 * Face's layout, it is loaded and run as a {@link dev.parley.model.CausalLM}.
 *
 * <pre>{@code
 * try (var model = TrainableLM.create(ModelConfig.qwen3(vocabSize, 256, 256, 4, 4, 2, 768), 42)) {
 *     for (var parameter : model.parameters().trainable()) parameter.learn(true);
 *     var loss = model.lossAndBackward(TrainingBatch.of(ids), ids.length - 1);
 *     model.savePretrained(Path.of("my-model"));               // transformers loads it
 * }
 * }</pre>
 *
 * Its weights lie in native memory until {@link #close()}. One thread may use it at a time.
 */
public final class TrainableLM implements LanguageModel, AutoCloseable {

    private final ModelConfig config;
    private final Parameters parameters;
    private final Transformer transformer;
    private final AutoCloseable files; // that frozen weights lie in
    private DType computeType;
    private Optional<TrainableAdapter> adapter = Optional.empty();
    private Optional<Replicas> replicas = Optional.empty(); // made at the first pass of training

    private TrainableLM(ModelConfig config, Parameters parameters, DType computeType, AutoCloseable files) {
        this.config = config;
        this.parameters = parameters;
        this.files = files;
        this.computeType = computeType;
        transformer = new Transformer(parameters, config);
    }

    /** A new model with random weights; the same seed gives the same weights. */
    public static TrainableLM create(ModelConfig config, long seed) {
        var model = new TrainableLM(config, new Parameters(config.blueprint().weights()), CpuFeatures.computeType(), () -> {});
        RandomState.seed(seed);
        model.parameters.initialize();
        return model;
    }

    /**
     * Loads a model folder to train it.
     *
     * @param computeType of products: float32 or bfloat16
     * @throws ModelException naming the file and what is wrong with it
     */
    public static TrainableLM fromPretrained(Path folder, DType computeType) {
        return fromPretrained(folder, computeType, config -> config);
    }

    /**
     * As {@link #fromPretrained(Path, DType)}, with something else in its configuration that changes no weight's shape.
     *
     * @param changed such as {@code config -> config.withDropout(0.1)}
     */
    public static TrainableLM fromPretrained(Path folder, DType computeType, UnaryOperator<ModelConfig> changed) {
        return of(LoadedModel.learning(folder), computeType, changed);
    }

    /**
     * Loads a model folder whose weights stay as they are, to {@linkplain #attach attach} an adapter to: they take no more memory than in
     * a model that only runs.
     *
     * @param computeType of products: float32 or bfloat16
     * @param held how its matrices are kept: float32, bfloat16 or int8
     */
    public static TrainableLM frozen(Path folder, DType computeType, WeightType held) {
        return frozen(folder, computeType, held, config -> config);
    }

    /**
     * As {@link #frozen(Path, DType, WeightType)}, with something else in its configuration that changes no weight's shape.
     *
     * @param changed such as {@code config -> config.withDropout(0.1)}
     */
    public static TrainableLM frozen(Path folder, DType computeType, WeightType held, UnaryOperator<ModelConfig> changed) {
        return of(LoadedModel.frozen(folder, held), computeType, changed);
    }

    private static TrainableLM of(LoadedModel loaded, DType computeType, UnaryOperator<ModelConfig> changed) {
        return new TrainableLM(changed.apply(loaded.config()), loaded.parameters(), computeType, loaded.files());
    }

    /**
     * Puts a new adapter beside the network, which freezes all else. It changes nothing until it learns.
     *
     * @param seed of its first numbers
     * @throws ModelException if it fits no part of the network
     */
    public void attach(LoraConfig adapter, long seed) {
        requireNoAdapter();
        RandomState.seed(seed);
        this.adapter = Optional.of(TrainableAdapter.attach(parameters, config.blueprint(), adapter));
    }

    /**
     * Puts an adapter beside the network as files have it, to learn on.
     *
     * @throws ModelException if it fits no part of the network
     */
    public void attach(AdapterFiles adapter) {
        requireNoAdapter();
        this.adapter = Optional.of(TrainableAdapter.attach(parameters, config.blueprint(), adapter));
    }

    private void requireNoAdapter() {
        if (adapter.isPresent()) throw new IllegalStateException("The model has an adapter already.");
        forgetReplicas();
    }

    /** The adapter beside the network, where there is one. */
    public Optional<LoraConfig> adapter() {
        return adapter.map(TrainableAdapter::config);
    }

    /** What the network without its adapter gives, such as the log-probabilities of a reference. In it nothing can be learned. */
    public <T> T withoutAdapter(Supplier<T> work) {
        if (adapter.isEmpty()) return work.get();
        switchAdapter(false);
        try {
            return work.get();
        } finally {
            switchAdapter(true);
        }
    }

    private void switchAdapter(boolean on) {
        forgetReplicas();
        adapter.orElseThrow().switchTo(on, parameters);
    }

    private void forgetReplicas() {
        replicas.ifPresent(Replicas::close);
        replicas = Optional.empty();
    }

    /** What training changes, by the names in the files that {@link #savePretrained} writes. */
    public Map<String, Parameter> learned() {
        if (adapter.isPresent()) return adapter.get().learned();
        var learned = new LinkedHashMap<String, Parameter>();
        for (var parameter : parameters.all()) learned.put(parameter.name(), parameter);
        return learned;
    }

    /**
     * This model with so many tokens: tables lose their last rows or gain some, see {@link TokenRows}; what it says of the tokens that stay
     * is as before, but for the share that new ones take. This one is closed.
     *
     * @param tokens ids that are to be known, as a tokenizer that gained tokens has
     * @param multipleOf rounds them up, so that products have a size that computes well; 1 to keep them
     * @param seed of new rows
     * @throws IllegalStateException if an adapter stands beside the model, or its weights stay as they lie in files
     */
    public TrainableLM resizeTokenEmbeddings(int tokens, int multipleOf, long seed) {
        requireNoAdapter();
        if (parameters.all().stream().anyMatch(parameter -> !parameter.trainable()))
            throw new IllegalStateException("The tables of a frozen model cannot gain tokens.");
        var larger = config.withVocabSize(Math.ceilDiv(tokens, multipleOf) * multipleOf);
        var resized = new TrainableLM(larger, new Parameters(larger.blueprint().weights()), computeType, () -> {});
        resized.transformer.recompute(transformer.recomputesAlways());
        RandomState.seed(seed);
        resized.parameters.takeOver(parameters, TokenRows::resized);
        close();
        return resized;
    }

    /** Writes the model in files of 5 GB at most, as {@link #savePretrained(Path, ShardSize)}. */
    public void savePretrained(Path folder) throws IOException {
        savePretrained(folder, ShardSize.DEFAULT);
    }

    /**
     * Writes an adapter alone, in PEFT's layout, where there is one; else config.json and the weights, each file whole or not
     * at all; the tied head is written once. Weights beyond a size
     * go into several files with an index, as transformers writes them; those of an earlier save are removed.
     */
    public void savePretrained(Path folder, ShardSize largest) throws IOException {
        if (adapter.isPresent()) {
            adapter.get().save(folder);
            return;
        }
        var tensors = new LinkedHashMap<WeightSpec, TensorData>();
        for (var p : parameters.all()) tensors.put(p.spec(), TensorFiles.data(p.name(), p.value()));
        SafetensorsFolder.write(folder, WeightSpec.inFiles(tensors), largest);
        config.write(folder.resolve("config.json"));
    }

    @Override
    public ModelConfig config() {
        return config;
    }

    /** The tensors that training changes, by their names in the weight file. */
    public Parameters parameters() {
        return parameters;
    }

    /** The type that products of matrices are computed in. */
    public DType computeType() {
        return computeType;
    }

    /** Chooses the type of products from now on; the weights stay as they are. */
    public void computeIn(DType computeType) {
        this.computeType = computeType;
    }

    /**
     * Keeps less of a pass for the way back, on which each layer is computed again: about a third more time for memory that hardly grows
     * with the layers.
     */
    public void gradientCheckpointing(boolean on) {
        forgetReplicas();
        transformer.recompute(on);
    }

    /** Scores of every next token at every position, in float32: (B, T, V). Recorded for gradients unless in NoGrad. */
    public Tensor logits(TokenBatch batch) {
        try (var scope = Scope.open()) {
            return scope.keep(transformer.scores(transformer.hidden(batch, null, computeType), computeType).to(DType.FLOAT32));
        }
    }

    /** Scores of the token that follows each row, (B, V), without gradients. */
    public float[][] nextLogits(TokenBatch batch) {
        try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
            return transformer.lastScores(transformer.hidden(batch, null, computeType), computeType);
        }
    }

    /** ln p(ids[t+1] | ids[..t]) of each row, (B, T-1), natural logarithm, without gradients. */
    @Override
    public double[][] tokenLogprobs(int[][] ids) {
        return transformer.tokenLogprobs(ids, computeType);
    }

    /**
     * Continues sequences by the weights as they are, without gradients or dropout, each with memory of its own for keys and values: what
     * generates text from this model. Not to be used while a step of training changes the weights.
     */
    @Override
    public InferenceSession openSession(long cacheBytes, boolean wholePrompts) {
        return new TorchSession(new TorchRunner(config, parameters, transformer, computeType), config);
    }

    /**
     * The model as it is now, adapter included, for the Java engine, which generates many times as fast as {@link #openSession}. Neither
     * gradients nor random numbers of the training are touched.
     *
     * @return a model to be closed before the weights change
     */
    public RunningCopy running() {
        return RunningCopy.of(config, parameters, WeightType.of(computeType));
    }

    /** The sum of -ln p over the targets, and how many they are, without gradients or dropout. */
    public LossSum loss(TrainingBatch batch) {
        return replicas.isPresent() && batch.rows() > 1 ? replicas.get().loss(batch, computeType) : transformer.loss(batch, computeType);
    }

    /**
     * One training pass: the sum of -ln p over the targets, whose gradient divided by {@code divisor} is added to the
     * gradients of the parameters. The divisor is the number of targets of the whole step, so that several passes give
     * what one large one would. Rows are shared out to as many threads as {@link Engine#threads()} says.
     */
    public LossSum lossAndBackward(TrainingBatch batch, double divisor) {
        parameters.gatherGradients();
        if (batch.rows() == 1 || !sharesRows()) return transformer.lossAndBackward(batch, divisor, computeType);
        return replicas.orElseThrow().lossAndBackward(batch, divisor, computeType);
    }

    /** A pass of training in two halves, log-probabilities out and weights in; to be closed. */
    public TrainingPass pass(TrainingBatch batch) {
        parameters.gatherGradients();
        if (batch.rows() > 1 && sharesRows()) return replicas.orElseThrow().pass(batch, computeType);
        return new TrainingPass(List.of(transformer), Optional.empty(), batch, computeType);
    }

    /** ln p of each target of a batch, in their order, without gradients or dropout. */
    public double[] targetLogprobs(TrainingBatch batch) {
        if (batch.rows() > 1 && sharesRows()) return replicas.orElseThrow().targetLogprobs(batch, computeType);
        return transformer.targetLogprobs(batch, computeType);
    }

    /** How likely this model thinks every token at each target of a batch, for a student to learn from; to be closed. */
    public SoftTargets softTargets(TrainingBatch batch) {
        var vectors = batch.rows() > 1 && sharesRows() ? replicas.orElseThrow().targetVectors(batch, computeType)
                : transformer.targetVectors(batch, computeType);
        return transformer.softTargets(vectors, computeType);
    }

    /** How this model does beside a teacher, without gradients or dropout. @param teacher of the same batch */
    public SoftSum loss(TrainingBatch batch, SoftTargets teacher, SoftLoss loss) {
        return replicas.isPresent() && batch.rows() > 1 ? replicas.get().loss(batch, computeType, teacher, loss)
                : transformer.loss(batch, computeType, teacher, 0, loss);
    }

    private boolean sharesRows() {
        if (replicas.isEmpty() && Engine.threads() > 1 && Workers.canRun()) {
            replicas = Optional.of(new Replicas(config, transformer, parameters, Engine.threads()));
        }
        return replicas.isPresent();
    }

    /** Frees the weights. */
    @Override
    public void close() {
        forgetReplicas();
        parameters.close();
        try {
            files.close();
        } catch (Exception e) {
            throw new IllegalStateException("The model's files cannot be closed.", e);
        }
    }
}
