package dev.parley.torch;

import dev.parley.kernels.DType;
import dev.parley.kernels.attention.KvBlocks;
import dev.parley.kernels.machine.ThreadTeam;
import dev.parley.model.InferenceSession;
import dev.parley.model.InferenceSession.Scored;
import dev.parley.model.ModelConfig;
import dev.parley.model.ModelException;
import dev.parley.model.Runner;
import dev.parley.model.TrainingBatch;
import dev.parley.tensor.NoGrad;
import dev.parley.tensor.Scope;
import dev.parley.tensor.Tensor;
import java.util.Arrays;

/** The Transformer run by libtorch: scores, likelihoods, and passes of training with gradients. */
final class TorchRunner implements Runner {

    private final ModelConfig config;
    private final Parameters parameters;
    private final Transformer transformer;
    private final int window; // of the layers that slide one; 0 if none does
    private DType computeType;

    /** @param parameters which it owns */
    TorchRunner(ModelConfig config, Parameters parameters, DType computeType) {
        this.config = config;
        this.parameters = parameters;
        transformer = new Transformer(parameters, config);
        this.computeType = computeType;
        window = config.layers().stream().mapToInt(ModelConfig.Layer::slidingWindow).max().orElse(0);
    }

    DType computeType() {
        return computeType;
    }

    void computeIn(DType computeType) {
        this.computeType = computeType;
    }

    /** Scores of every next token at every position, in float32: (B, T, V). Recorded for gradients unless in NoGrad. */
    Tensor logits(TokenBatch batch) {
        try (var scope = Scope.open()) {
            return scope.keep(transformer.scores(hidden(batch, null), computeType).to(DType.FLOAT32));
        }
    }

    /**
     * Scores of the token that follows each row, (B, V), where earlier tokens of the rows are in a cache, to which these are added.
     *
     * @param batch the new tokens, (B, T), without padding unless the cache is empty
     * @param cache null for none
     */
    float[][] nextLogits(TokenBatch batch, KvCache cache) {
        try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
            return lastScores(hidden(batch, cache));
        }
    }

    /** Reads new tokens of one sequence after those in its cache, and gives what is wanted of them. */
    InferenceSession.Output feed(int[] ids, KvCache cache, Scored scored, boolean states) {
        try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
            var hidden = hidden(TokenBatch.of(ids), cache); // (1, T, C)
            var scores = switch (scored) {
                case NONE -> new float[0][];
                case LAST -> lastScores(hidden);
                case ALL -> rows(transformer.scores(hidden, computeType).toFloats(), config.vocabSize());
            };
            return new InferenceSession.Output(scores, states ? rows(hidden.toFloats(), config.hiddenSize()) : new float[0][]);
        }
    }

    /** (R · N) as (R, N). */
    private static float[][] rows(float[] flat, int n) {
        var rows = new float[flat.length / n][];
        for (int i = 0; i < rows.length; i++) rows[i] = Arrays.copyOfRange(flat, i * n, (i + 1) * n);
        return rows;
    }

    /** Scores after the last token of each row. hidden: (B, T, C) */
    private float[][] lastScores(Tensor hidden) {
        return rows(transformer.scores(hidden.select(1, hidden.size(1) - 1), computeType).toFloats(), config.vocabSize()); // (B, V)
    }

    private Tensor hidden(TokenBatch batch, KvCache cache) {
        check(batch, cache);
        var past = cache == null ? 0 : cache.length();
        var positions = batch.positions(past);
        var pass = context(batch, past, positions, false);
        var x = transformer.embed(batch.ids()); // (B, T, C)
        var hidden = transformer.forward(x, Tensor.ofLongs(positions, batch.rows(), batch.length()), pass, cache);
        if (cache != null) cache.advance(batch.length());
        return hidden;
    }

    private ForwardContext context(TokenBatch batch, int past, long[] positions, boolean training) {
        var all = mask(batch, past, 0);
        return ForwardContext.of(config, computeType, training, all, window == 0 ? all : mask(batch, past, window), positions,
                batch.rows());
    }

    private AttentionMask mask(TokenBatch batch, int past, int window) {
        return batch.isPacked() ? AttentionMask.packed(batch.segments(), window, computeType)
                : AttentionMask.causal(batch.length(), past, batch.hasPadding() ? batch.attentionMask() : null, window, computeType);
    }

    /** ln p(ids[t+1] | ids[..t]) of each row, (B, T-1), natural logarithm, without gradients. */
    @Override
    public double[][] tokenLogprobs(int[][] ids) {
        try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
            var batch = TokenBatch.of(ids);
            if (batch.length() == 1) return new double[ids.length][0];
            var losses = new NextTokenLoss(transformer.head().in(computeType), new TrainingBatch(ids, ids, new int[0][]))
                    .each(hidden(batch, null)).toFloats();
            var each = new double[ids.length][batch.length() - 1];
            for (int i = 0; i < losses.length; i++) each[i / each[0].length][i % each[0].length] = -losses[i];
            return each;
        }
    }

    /** The sum of -ln p over the targets of labels, and how many they are, without gradients or dropout. */
    LossSum loss(TokenBatch batch, int[][] labels) {
        try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
            checkLabels(batch, labels);
            var loss = new NextTokenLoss(transformer.head().in(computeType), new TrainingBatch(batch.ids(), labels, batch.segments()));
            return new LossSum(loss.count() == 0 ? 0 : loss.each(hidden(batch, null)).to(DType.FLOAT64).sum().item(), loss.count());
        }
    }

    /**
     * One training pass: the sum of -ln p over the targets, whose gradient divided by {@code divisor} is added to the
     * gradients of the parameters. The divisor is the number of targets of the whole step, so that several passes give
     * what one large one would.
     *
     * @param labels (B, T), unshifted; -100 where a token is no target
     */
    LossSum lossAndBackward(TokenBatch batch, int[][] labels, double divisor) {
        try (var scope = Scope.open()) {
            check(batch, null);
            checkLabels(batch, labels);
            var head = transformer.head();
            var ids = Tensor.ofRows(batch.ids());
            var loss = new NextTokenLoss(head.in(computeType).detach(), new TrainingBatch(batch.ids(), labels, batch.segments()));
            Tensor x;
            try (var noGrad = NoGrad.open()) {
                x = transformer.embed(batch.ids());
            }
            x.requiresGrad(true); // a leaf of its own: few rows of the table are in a batch, and only they get its gradient
            var positions = batch.positions(0);
            var pass = context(batch, 0, positions, true);
            var hidden = transformer.forward(x, Tensor.ofLongs(positions, batch.rows(), batch.length()), pass, null); // (B, T, C)
            var sum = loss.sumAndBackward(hidden, head.value(), divisor);
            if (loss.count() > 0) {
                try (var noGrad = NoGrad.open()) {
                    transformer.tokens().value().gradOrZeros().indexAddInPlace(ids.view(-1), x.grad().view(-1, config.hiddenSize()));
                }
            }
            return new LossSum(sum, loss.count());
        }
    }

    private void check(TokenBatch batch, KvCache cache) {
        for (var row : batch.ids()) config.checkFits(row, cache == null ? 0 : cache.length());
    }

    private void checkLabels(TokenBatch batch, int[][] labels) {
        for (int b = 0; b < batch.rows(); b++) {
            if (labels.length != batch.rows() || labels[b].length != batch.length()) {
                throw new ModelException("The labels have not the shape of the ids.");
            }
            for (var label : labels[b]) {
                if (label != TrainingBatch.IGNORED && (label < 0 || label >= config.vocabSize())) {
                    throw new ModelException(
                            "Label " + label + " is neither a token of the vocabulary of " + config.vocabSize() + " nor -100.");
                }
            }
        }
    }

    // ---- for those who run a model ----

    @Override
    public InferenceSession openSession() {
        return new TorchSession(this, config);
    }

    @Override
    public float[] prefill(int[] ids, KvBlocks blocks) {
        try (var scope = Scope.open(); var cache = KvCache.of(config)) {
            var scores = nextLogits(TokenBatch.of(ids), cache)[0];
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

    @Override
    public void close() {
        parameters.close();
    }
}
