package dev.parley.model;

import dev.parley.kernels.attention.Attention;
import dev.parley.kernels.matrix.MatrixWorkspace;
import java.util.Optional;

/** What a pass of {@link JavaRunner} writes, for a number of tokens N. */
final class RunnerBuffers {

    final int tokens;
    final float[] x; // (N, C)
    final float[] qkv; // (N, Q + 2 KV), or (N, 3 C) in a layer with a convolution
    final float[] heads; // (N, Q), or (N, C)
    final float[] inner; // (N, M) or (N, 2 M)
    final float[] branch; // (N, C): what is not added to x yet
    final float[] normed; // (N, C)
    final float[][] arranged; // the input of the present products, for each form of them
    final float[][] part; // of one member: a part of the head's product, for each output
    final float[][] lines; // of one member: a row, or scores
    final MatrixWorkspace[] scratch; // of one member
    ExpertsPass.Plan experts; // of the present layer
    AdapterPass adapters = AdapterPass.NONE; // of the present pass
    Optional<InputSquares> squares = Optional.empty(); // what the present pass is to add its products' inputs to

    /** @param context of the longest text at most */
    RunnerBuffers(int tokens, int context, ModelConfig config, RunnerWeights weights, int members) {
        this.tokens = tokens;
        x = new float[tokens * config.hiddenSize()];
        int qkvSize = 0, mixed = 0, upSize = 0;
        for (var layer : weights.layers) {
            qkvSize = Math.max(qkvSize, layer.mixer().input().size());
            mixed = Math.max(mixed, layer.spec().mixer().output().in());
            upSize = Math.max(upSize, layer.mlp().innerSize());
        }
        qkv = new float[tokens * qkvSize];
        heads = new float[tokens * mixed];
        inner = new float[tokens * upSize];
        branch = new float[tokens * config.hiddenSize()];
        int forms = 1, input = 0, panel = 0, rows = 0;
        for (var products : weights.products()) {
            forms = Math.max(forms, products.forms().size());
            for (var p : products.projections()) {
                input = Math.max(input, p.weight().inputSize(tokens));
                panel = Math.max(panel, p.weight().panelSize());
                rows = Math.max(rows, p.weight().rowsSize());
            }
        }
        normed = new float[tokens * config.hiddenSize()];
        arranged = new float[forms][input];
        part = new float[members][tokens * weights.head.first().weight().mostRowsOfPart()];
        var line = Math.max(Math.max(config.hiddenSize(), upSize), Attention.scratchSize(context, config.headDim()));
        lines = new float[members][line];
        scratch = new MatrixWorkspace[members];
        for (int member = 0; member < members; member++) scratch[member] = new MatrixWorkspace(panel, rows, tokens);
    }

    /** Whether a pass fits. */
    boolean fit(int tokens, int context, int headDim) {
        return this.tokens >= tokens && lines[0].length >= Attention.scratchSize(context, headDim);
    }
}
