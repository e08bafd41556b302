package dev.parley.torch;

import dev.parley.kernels.DType;
import dev.parley.model.ModelConfig;
import dev.parley.model.TokenTree;
import dev.parley.model.TrainingBatch;
import dev.parley.tensor.Functional;
import dev.parley.tensor.NoGrad;
import dev.parley.tensor.RandomState;
import dev.parley.tensor.Scope;
import dev.parley.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * The decoder: embeddings of tokens, a stack of {@link Block}s, a last norm. What comes out is, for each token, a vector whose
 * product with the head says what comes next. The head may be the token embeddings (Press and Wolf 2017, arXiv:1608.05859). Reading
 * and learning are the same way through the network; learning goes it back as well, from {@link NextTokenLoss}.
 */
final class Transformer {

    private final ModelConfig config;
    private final Parameters parameters;
    private final Parameter tokens; // (V, C)
    private final Optional<Parameter> positions; // (maxPositionEmbeddings, C)
    private final double embeddingScale;
    private final List<Block> blocks = new ArrayList<>();
    private final Norm lastNorm;
    private final Head head;
    private boolean recomputes;
    private OptionalLong dropoutSeed = OptionalLong.empty(); // of the next pass to learn from

    Transformer(Parameters parameters, ModelConfig config) {
        this.config = config;
        this.parameters = parameters;
        var blueprint = config.blueprint();
        tokens = parameters.get(blueprint.embedding().tokens());
        positions = blueprint.embedding().positions().map(parameters::get);
        for (var layer : blueprint.layers()) blocks.add(new Block(parameters, layer, config.dropout()));
        lastNorm = Norm.of(parameters, blueprint.head().norm());
        head = Head.of(parameters, blueprint.head());
        embeddingScale = blueprint.embedding().scale();
    }

    /**
     * Reads tokens.
     *
     * @param cache of earlier tokens of the rows, to which these are added; null for none
     * @return what the head reads, (B, T, C), of the compute type
     */
    Tensor hidden(TokenBatch batch, KvCache cache, DType computeType) {
        var past = cache == null ? 0 : cache.length();
        var hidden = forward(embedded(batch.ids(), past), ForwardContext.of(config, batch, past, computeType), cache);
        if (cache != null) cache.advance(batch.length());
        return hidden;
    }

    /** Token embeddings of ids that the model can read, (B, T, C), float32. */
    private Tensor embedded(int[][] ids, int past) {
        for (var row : ids) config.checkFits(row, past);
        return tokens.rows(ids);
    }

    /**
     * From embeddings to the vectors that the head reads.
     *
     * @param x token embeddings, (B, T, C), float32
     * @param cache of the tokens before, or null
     * @return (B, T, C), of the compute type
     */
    private Tensor forward(Tensor x, ForwardContext pass, KvCache cache) {
        x = placed(x, pass);
        for (int i = 0; i < blocks.size(); i++) {
            x = blocks.get(i).forward(x, pass, cache == null ? null : cache.layer(i));
        }
        return normed(x, pass);
    }

    /** Token embeddings at their positions: what the first block reads, (B, T, C), float32. */
    Tensor placed(Tensor x, ForwardContext pass) {
        if (embeddingScale != 1) x = x.mul(embeddingScale);
        if (positions.isPresent()) {
            x = x.add(Functional.embedding(pass.positions(), positions.get().value()).to(DType.FLOAT32)); // (B, T, C)
        }
        return pass.dropouts().drop(x, config.dropout().embedding());
    }

    /** What the head reads of what the last block gives, (B, T, C), of the compute type. */
    Tensor normed(Tensor x, ForwardContext pass) {
        return lastNorm.forward(x, pass.computeType());
    }

    /** Whether a pass to learn from draws random numbers. */
    boolean hasDropout() {
        return !config.dropout().isNone() || parameters.all().stream().anyMatch(p -> p.lowRank().stream().anyMatch(b -> b.dropout() > 0));
    }

    List<Block> blocks() {
        return blocks;
    }

    /** Whether a pass to learn from keeps what goes into each block alone, and runs it again on the way back. */
    boolean recomputes(DType computeType) {
        return recomputes || parameters.all().stream().anyMatch(parameter -> parameter.isWidened(computeType));
    }

    /** Asks for it, or asks only where frozen weights would be kept widened otherwise. */
    void recompute(boolean always) {
        recomputes = always;
    }

    boolean recomputesAlways() {
        return recomputes;
    }

    /**
     * Reads rows of embeddings in place of tokens: one row's end depends on no other row.
     *
     * @param x token embeddings, (B, T, C), float32; a gradient may flow back to them
     * @return what the head reads, (B, T, C), of the compute type
     */
    Tensor hiddenOfEmbeddings(Tensor x, DType computeType) {
        var ids = new int[(int) x.size(0)][(int) x.size(1)]; // only their shape is looked at
        return forward(x, ForwardContext.of(config, TokenBatch.of(ids), 0, computeType), null);
    }

    /** Token embeddings without positions: (B, T) ids to (B, T, C), float32. */
    Tensor embeddings(int[][] ids) {
        for (var row : ids) config.checkFits(row, 0);
        return tokens.rows(ids);
    }

    /** What the head makes of residual streams, (N, C) to (N, V), of the compute type. */
    Tensor residualScores(Tensor x, DType computeType) {
        return scores(lastNorm.forward(x, computeType), computeType);
    }

    /** Scores of every token as the next one. hidden: (…, C); result: (…, V), of the compute type. */
    Tensor scores(Tensor hidden, DType computeType) {
        return head.scores(hidden, computeType);
    }

    /** Scores of the token that follows each row. hidden: (B, T, C); result: (B, V). */
    float[][] lastScores(Tensor hidden, DType computeType) {
        return rows(scores(hidden.select(1, hidden.size(1) - 1), computeType));
    }

    /** The vectors along the last dimension of (…, N), in the order of the others. */
    static float[][] rows(Tensor tensor) {
        var flat = tensor.toFloats();
        var n = (int) tensor.size(-1);
        var rows = new float[flat.length / n][];
        for (int i = 0; i < rows.length; i++) rows[i] = Arrays.copyOfRange(flat, i * n, (i + 1) * n);
        return rows;
    }

    /** Embeddings of the tokens of a batch, (B, T, C): a leaf of its own, since few rows of the table are in a batch. */
    Tensor leaf(TrainingBatch batch) {
        try (var noGrad = NoGrad.open()) {
            return embedded(batch.ids(), 0).requiresGrad(tokens.isLearning());
        }
    }

    /** A pass to learn from. */
    ForwardContext learning(TrainingBatch batch, DType computeType, Dropouts dropouts) {
        return ForwardContext.of(config, batch, computeType, dropouts);
    }

    /** What the next pass to learn from drops is said by this seed, and not drawn when it begins. */
    void seedDropout(long seed) {
        dropoutSeed = OptionalLong.of(seed);
    }

    /** What the next pass to learn from drops. */
    Dropouts dropouts() {
        if (!hasDropout()) return Dropouts.NONE;
        var seed = dropoutSeed.orElseGet(RandomState::draw);
        dropoutSeed = OptionalLong.empty();
        return Dropouts.of(seed);
    }

    /** What the head reads of a batch to learn from: (B, T, C), of the compute type. @param x its {@link #leaf} */
    Tensor forward(Tensor x, ForwardContext pass) {
        return forward(x, pass, null);
    }

    /** What compares scores with the targets of a batch. */
    NextTokenLoss nextTokenLoss(TrainingBatch batch, DType computeType) {
        return new NextTokenLoss(head.matrix(computeType).detach(), head.rule(), batch);
    }

    /** What compares scores with a teacher's. @param first of the teacher's targets that is the batch's first */
    SoftTargetLoss softTargetLoss(TrainingBatch batch, DType computeType, SoftTargets teacher, int first, SoftLoss loss) {
        return new SoftTargetLoss(head.matrix(computeType).detach(), head.rule(), batch, teacher, first, loss);
    }

    /** What a teacher thinks of the targets of a batch, made of their {@link #targetVectors}. */
    SoftTargets softTargets(Tensor vectors, DType computeType) {
        try (var scope = Scope.open()) {
            return new SoftTargets(vectors, Scope.detach(head.matrix(computeType).detach()), head.rule());
        }
    }

    /** What the head reads to predict each target, scaled, (N, C), of the compute type and in the caller's care, without gradients or dropout. */
    Tensor targetVectors(TrainingBatch batch, DType computeType) {
        try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
            var rows = TargetScores.rowsBehind(batch);
            if (rows.length == 0) return Scope.detach(Tensor.empty(computeType, 0, config.hiddenSize()));
            var hidden = read(batch, computeType).view(-1, config.hiddenSize()); // (B · T, C)
            return Scope.detach(head.rule().scaled(hidden.indexSelect(0, Tensor.ofInts(rows, rows.length))));
        }
    }

    /** How a student does beside its teacher, without gradients or dropout. @param first of the teacher's targets that is the batch's first */
    SoftSum loss(TrainingBatch batch, DType computeType, SoftTargets teacher, int first, SoftLoss loss) {
        if (batch.targets().length == 0) return SoftSum.NONE;
        try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
            return softTargetLoss(batch, computeType, teacher, first, loss).read(read(batch, computeType));
        }
    }

    /** What the head reads of a batch, (B, T, C), without dropout. */
    private Tensor read(TrainingBatch batch, DType computeType) {
        return forward(embedded(batch.ids(), 0), ForwardContext.of(config, batch, computeType, Dropouts.NONE), null);
    }

    /** The head's weight, where it is learned. */
    Optional<Tensor> learningHead() {
        return head.weight().isLearning() ? Optional.of(head.weight().value()) : Optional.empty();
    }

    /** Adds what arrived at the {@link #leaf} to the gradient of the table, whose rows it was. */
    void addEmbeddingGradient(TrainingBatch batch, Tensor leaf) {
        if (!leaf.hasGrad() || !tokens.isLearning()) return;
        try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
            var ids = Tensor.ofRows(batch.ids()).view(-1);
            tokens.value().gradOrZeros().indexAddInPlace(ids, leaf.grad().view(-1, config.hiddenSize()));
        }
    }

    /**
     * One training pass: the sum of -ln p over the targets, whose gradient divided by {@code divisor} is added to the gradients of
     * the parameters.
     */
    LossSum lossAndBackward(TrainingBatch batch, double divisor, DType computeType) {
        try (var pass = new RecordedPass(this, batch, computeType)) {
            var weights = new double[batch.targets().length];
            Arrays.fill(weights, -1 / divisor);
            return new LossSum(DoubleStream.of(pass.backward(weights)).sum(), weights.length);
        }
    }

    /** ln p of each target of a batch, without gradients or dropout. */
    double[] targetLogprobs(TrainingBatch batch, DType computeType) {
        try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
            return logprobs(losses(batch, computeType));
        }
    }

    /** @param losses -ln p */
    static double[] logprobs(Tensor losses) {
        var each = losses.toFloats();
        return IntStream.range(0, each.length).mapToDouble(i -> -each[i]).toArray();
    }

    /** The sum of -ln p over the targets, without gradients or dropout. */
    LossSum loss(TrainingBatch batch, DType computeType) {
        try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
            var losses = losses(batch, computeType);
            return new LossSum(losses.elementCount() == 0 ? 0 : losses.to(DType.FLOAT64).sum().item(), losses.elementCount());
        }
    }

    /** ln p(ids[t+1] | ids[..t]) of each row, (B, T-1), natural logarithm, without gradients. */
    double[][] tokenLogprobs(int[][] ids, DType computeType) {
        try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
            var batch = TrainingBatch.of(ids);
            if (batch.length() == 1) return new double[ids.length][0];
            var losses = losses(batch, computeType).toFloats();
            var each = new double[ids.length][ids[0].length - 1];
            for (int i = 0; i < losses.length; i++) each[i / each[0].length][i % each[0].length] = -losses[i];
            return each;
        }
    }

    /** How likely the targets of a tree are, read in one pass. */
    TokenTree.Scores read(TokenTree tree, DType computeType) {
        try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
            var hidden = forward(tokens.rows(new int[][] {tree.ids()}), ForwardContext.of(config, tree, computeType), null); // (1, N, C)
            return TreeTargets.scores(hidden.view(-1, config.hiddenSize()), head, tree);
        }
    }

    /** -ln p of each target, (N), float32, in the order of the text. */
    private Tensor losses(TrainingBatch batch, DType computeType) {
        if (batch.targets().length == 0) return Tensor.empty(DType.FLOAT32, 0);
        return nextTokenLoss(batch, computeType).each(read(batch, computeType));
    }
}
