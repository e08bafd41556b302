package dev.parley.model;

import java.util.Arrays;

/**
 * What a pass computed on its way from the embedding to the head, for whoever wants to explain it. The residual stream of a token is
 * its embedding and all that the branches added to it.
 *
 * @param embeddings of each token, with its learned position where the model has those, (T, C)
 * @param branches what attention and MLP of each layer in turn added to each token, (2 L, T, C)
 * @param attention how much each head of a token gave to each token up to itself, (T, L, H, S); less than 1 in all where a sink takes
 *     the rest, zeros in layers that have something else in place of attention
 */
public record Trace(float[][] embeddings, float[][][] branches, float[][][][] attention) {

    /**
     * Room for new tokens.
     *
     * @param past tokens before them
     */
    static Trace of(ModelConfig config, int past, int tokens) {
        int layers = config.numHiddenLayers(), heads = config.numAttentionHeads(), c = config.hiddenSize();
        var attention = new float[tokens][layers][heads][];
        for (int t = 0; t < tokens; t++) {
            for (var layer : attention[t]) {
                for (int h = 0; h < heads; h++) layer[h] = new float[past + t + 1];
            }
        }
        return new Trace(new float[tokens][c], new float[2 * layers][tokens][c], attention);
    }

    /** The same arrays of some of the tokens. */
    Trace piece(int from, int to) {
        var some = new float[branches.length][][];
        for (int b = 0; b < some.length; b++) some[b] = Arrays.copyOfRange(branches[b], from, to);
        return new Trace(Arrays.copyOfRange(embeddings, from, to), some, Arrays.copyOfRange(attention, from, to));
    }

    void keepBranch(int branch, int token, float[] x, int at, float[] bias) {
        var kept = branches[branch][token];
        System.arraycopy(x, at, kept, 0, kept.length);
        for (int i = 0; i < bias.length; i++) kept[i] += bias[i];
    }

    /** How many layers the model has. */
    public int layers() {
        return branches.length / 2;
    }

    /** What a layer's attention added to a token, (C). */
    public float[] ofAttention(int layer, int token) {
        return branches[2 * layer][token];
    }

    /** What a layer's MLP added to a token, (C). */
    public float[] ofMlp(int layer, int token) {
        return branches[2 * layer + 1][token];
    }

    /** The residual stream of a token after so many layers, (C); its embedding after none. */
    public float[] residual(int token, int afterLayers) {
        var sum = embeddings[token].clone();
        for (int b = 0; b < 2 * afterLayers; b++) {
            var branch = branches[b][token];
            for (int i = 0; i < sum.length; i++) sum[i] += branch[i];
        }
        return sum;
    }
}
