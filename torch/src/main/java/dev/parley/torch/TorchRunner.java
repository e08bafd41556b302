package dev.parley.torch;

import dev.parley.kernels.DType;
import dev.parley.kernels.attention.KvBlocks;
import dev.parley.kernels.machine.ThreadTeam;
import dev.parley.model.InferenceSession;
import dev.parley.model.InferenceSession.Scored;
import dev.parley.model.ModelConfig;
import dev.parley.model.Runner;
import dev.parley.model.TokenTree;
import dev.parley.tensor.Engine;
import dev.parley.tensor.NoGrad;
import dev.parley.tensor.Scope;
import dev.parley.tensor.Tensor;

/** Runs a model by libtorch: scores and likelihoods. Models that learn are {@link TrainableLM}s, over the same {@link Transformer}. */
final class TorchRunner implements Runner {

    private final ModelConfig config;
    private final Parameters parameters;
    private final Transformer transformer;
    private final DType computeType;

    /** @param parameters which it owns */
    TorchRunner(ModelConfig config, Parameters parameters, DType computeType) {
        this(config, parameters, new Transformer(parameters, config), computeType);
    }

    /** Runs a network that is there already. */
    TorchRunner(ModelConfig config, Parameters parameters, Transformer transformer, DType computeType) {
        this.config = config;
        this.parameters = parameters;
        this.transformer = transformer;
        this.computeType = computeType;
    }

    /** Reads new tokens of one sequence after those in its cache, and gives what is wanted of them. */
    InferenceSession.Output feed(int[] ids, KvCache cache, Scored scored, boolean states) {
        try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
            var hidden = transformer.hidden(TokenBatch.of(ids), cache, computeType); // (1, T, C)
            var scores = switch (scored) {
                case NONE -> new float[0][];
                case LAST -> transformer.lastScores(hidden, computeType);
                case ALL -> Transformer.rows(transformer.scores(hidden, computeType));
            };
            return new InferenceSession.Output(scores, states ? Transformer.rows(hidden) : new float[0][]);
        }
    }

    /** What the head makes of residual streams, (N, C) to (N, V). */
    float[][] scores(float[][] residuals) {
        try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
            var x = Tensor.ofFloats(flat(residuals), residuals.length, config.hiddenSize());
            return Transformer.rows(transformer.residualScores(x, computeType));
        }
    }

    private float[] flat(float[][] rows) {
        var flat = new float[rows.length * config.hiddenSize()];
        for (int i = 0; i < rows.length; i++) System.arraycopy(rows[i], 0, flat, i * config.hiddenSize(), config.hiddenSize());
        return flat;
    }

    @Override
    public double[][] tokenLogprobs(int[][] ids) {
        return transformer.tokenLogprobs(ids, computeType);
    }

    /** Where products in bfloat16 are no faster, in float32, whatever the weights are kept in: so that many texts are read quickest. */
    @Override
    public TokenTree.Scores read(TokenTree tree) {
        return transformer.read(tree, Engine.trainingType() == DType.BFLOAT16 ? computeType : DType.FLOAT32);
    }

    @Override
    public InferenceSession openSession() {
        return new TorchSession(this, config);
    }

    @Override
    public float[] prefill(int[] ids, KvBlocks blocks) {
        try (var scope = Scope.open(); var cache = KvCache.of(config)) {
            var scores = feed(ids, cache, Scored.LAST, false).scores()[0];
            blocks.reserve(ids.length);
            int heads = config.numKeyValueHeads(), d = config.headDim(), n = ids.length;
            for (int i = 0; i < config.numHiddenLayers(); i++) {
                var layer = i;
                if (config.layers().get(i).convolved() > 0) {
                    var states = cache.states(i).toFloats(); // (1, S, C)
                    int c = config.hiddenSize();
                    for (int t = 0; t < n; t++) blocks.putState(layer, t, 0, states, t * c, c);
                    continue;
                }
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
