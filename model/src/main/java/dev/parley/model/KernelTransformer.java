package dev.parley.model;

import dev.parley.kernels.WarmUp;
import dev.parley.kernels.attention.Attention;
import dev.parley.kernels.attention.KvBlocks;
import dev.parley.kernels.attention.KvPool;
import dev.parley.kernels.machine.ThreadTeam;
import dev.parley.kernels.matrix.Matrix;
import dev.parley.kernels.vectors.Activations;
import dev.parley.kernels.vectors.Norms;
import dev.parley.kernels.vectors.Rotary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The same Transformer as {@link Transformer}, composed of our kernels for the passes in which memory sets the speed: one or a
 * few new tokens for each of a few texts. Texts lie one after the other without padding, each with its own cache, and what
 * is computed for a text does not depend, to the last bit, on the others.
 *
 * <p>A pass is one job of the thread team. Its phases are shared by tokens, by rows of matrices or by heads, with a barrier
 * between each and the next.
 */
final class KernelTransformer {

    /** Tokens in a pass at most: longer ones are cut, so that buffers stay small. */
    static final int MOST_TOKENS = 128;

    private final ModelConfig config;
    private final ThreadTeam team = ThreadTeam.shared();
    private final KernelWeights weights;
    private KernelBuffers buffers;

    KernelTransformer(Parameters parameters, ModelConfig config) {
        this.config = config;
        weights = new KernelWeights(parameters, config);
    }

    private int qkvSize() {
        return KernelBuffers.qkvSize(config);
    }

    private int innerSize() {
        return KernelBuffers.innerSize(config);
    }

    /** Memory for the keys and values of many sequences. */
    KvPool newPool(int mostBlocks) {
        return new KvPool(config.numHiddenLayers(), config.numKeyValueHeads(), config.headDim(), wide(), mostBlocks);
    }

    private boolean wide() {
        return weights.wide() || config.headDim() % 2 != 0;
    }

    /** One pass over at most {@link #MOST_TOKENS} new tokens. @param scores receives a row for each output of the pass; there may be more rows */
    void run(KernelPass pass, float[][] scores) {
        pass.reserve();
        if (buffers == null || !buffers.fit(pass.tokens(), pass.longest(), config.headDim())) {
            buffers = new KernelBuffers(Math.max(pass.tokens(), buffers == null ? 1 : buffers.tokens), Math.max(256, Math.min(config.maxPositionEmbeddings(), 2 * pass.longest())),
                    config, weights, team.size());
        }
        var outputs = pass.outputs();
        team.run(member -> {
            embed(pass, member);
            for (int i = 0; i < weights.layers.size(); i++) layer(weights.layers.get(i), i, pass, member);
            if (outputs.length > 0) head(outputs, scores, member);
        });
        keepStates(pass, outputs);
        WarmUp.start();
        pass.advance();
    }

    private void embed(KernelPass pass, int member) {
        int c = config.hiddenSize();
        var line = buffers.lines[member];
        team.share(pass.tokens(), t -> {
            weights.tokens.row(pass.id(t), buffers.x, t * c);
            if (weights.positions.isPresent()) {
                weights.positions.get().row(pass.position(t), line, 0);
                Activations.add(buffers.x, t * c, line, 0, c);
            }
            Arrays.fill(buffers.branch, t * c, (t + 1) * c, 0);
        });
        team.barrier();
    }

    private void layer(KernelWeights.Layer layer, int number, KernelPass pass, int member) {
        var b = buffers;
        int n = pass.tokens(), c = config.hiddenSize();
        addAndNorm(n, number == 0 ? new float[0] : weights.layers.get(number - 1).down().bias(), layer.attentionNorm(), layer.qkv().getFirst().weight());
        multiply(layer.qkv(), n, b.qkv, qkvSize(), member);
        turn(layer, number, pass);
        attend(number, pass, member);
        arrange(layer.output().weight(), b.heads, config.querySize(), n);
        multiply(List.of(layer.output()), n, b.branch, c, member);
        addAndNorm(n, layer.output().bias(), layer.mlpNorm(), layer.up().getFirst().weight());
        multiply(layer.up(), n, b.inner, innerSize(), member);
        activate(layer, n);
        multiply(List.of(layer.down()), n, b.branch, c, member);
    }

    /** Adds what a branch has computed to the residual stream, and norms the sum for the next. */
    private void addAndNorm(int n, float[] bias, KernelWeights.Norm norm, Matrix next) {
        var b = buffers;
        int c = config.hiddenSize();
        team.share(n, t -> {
            Activations.add(b.x, t * c, b.branch, t * c, c);
            Activations.add(b.x, t * c, bias, 0, bias.length);
            norm(norm, t, b.normed, t * c);
        });
        team.barrier();
        arrange(next, b.normed, c, n);
    }

    private void norm(KernelWeights.Norm norm, int token, float[] into, int intoAt) {
        int c = config.hiddenSize(), at = token * c;
        var epsilon = (float) config.normEpsilon();
        if (config.family().layerNorm()) Norms.layer(buffers.x, at, c, norm.weight(), norm.bias(), epsilon, into, intoAt);
        else Norms.rms(buffers.x, at, c, norm.weight(), epsilon, into, intoAt);
    }

    /** Arranges vectors for a product. Those side by side by one thread: two that write to the same lines would wait for each other. */
    private void arrange(Matrix weight, float[] x, int stride, int n) {
        team.share(Math.ceilDiv(n, Matrix.SIDE_BY_SIDE), tile -> {
            for (int t = tile * Matrix.SIDE_BY_SIDE; t < Math.min(n, (tile + 1) * Matrix.SIDE_BY_SIDE); t++) weight.arrange(x, t * stride, buffers.arranged, t, n);
        });
        team.barrier();
    }

    /** The products of the arranged vectors with matrices of the same width, side by side in the result. */
    private void multiply(List<KernelWeights.Projection> projections, int n, float[] y, int yStride, int member) {
        var b = buffers;
        var parts = 0;
        for (var p : projections) parts += p.weight().parts();
        team.share(parts, part -> {
            var yAt = 0;
            for (var p : projections) {
                if (part < p.weight().parts()) {
                    p.weight().multiply(part, b.arranged, n, y, yAt, yStride, b.scratch[member]);
                    return;
                }
                part -= p.weight().parts();
                yAt += p.weight().rows();
            }
        });
        team.barrier();
    }

    /** Biases, norms and positions of queries and keys; keys and values go to the caches. */
    private void turn(KernelWeights.Layer layer, int number, KernelPass pass) {
        int kvHeads = config.numKeyValueHeads(), group = config.numAttentionHeads() / kvHeads, d = config.headDim();
        int q = config.querySize(), kv = config.keyValueSize();
        var rotary = config.layers().get(number).rotary();
        team.share(pass.tokens() * kvHeads, unit -> {
            int t = unit / kvHeads, kvHead = unit % kvHeads;
            int at = t * qkvSize(), keyAt = at + q + kvHead * d, valueAt = keyAt + kv;
            for (int h = kvHead * group; h < (kvHead + 1) * group; h++) {
                addBias(layer.qkv(), h * d, buffers.qkv, at + h * d, d);
                place(layer.queryNorm(), rotary, pass, t, at + h * d);
            }
            addBias(layer.qkv(), q + kvHead * d, buffers.qkv, keyAt, d);
            place(layer.keyNorm(), rotary, pass, t, keyAt);
            addBias(layer.qkv(), q + kv + kvHead * d, buffers.qkv, valueAt, d);
            pass.cache(t).put(number, kvHead, pass.position(t), buffers.qkv, keyAt, buffers.qkv, valueAt);
        });
        team.barrier();
    }

    private static void addBias(List<KernelWeights.Projection> qkv, int row, float[] y, int at, int count) {
        for (var p : qkv) {
            if (row < p.weight().rows()) {
                Activations.add(y, at, p.bias(), row, Math.min(count, p.bias().length));
                return;
            }
            row -= p.weight().rows();
        }
    }

    private void place(float[] norm, boolean rotary, KernelPass pass, int t, int at) {
        var d = config.headDim();
        if (norm.length > 0) Norms.rms(buffers.qkv, at, d, norm, (float) config.normEpsilon(), buffers.qkv, at);
        if (rotary) pass.table().ifPresent(table -> Rotary.rotate(buffers.qkv, at, d, table.cos(), table.sin(), t * d / 2));
    }

    private void attend(int number, KernelPass pass, int member) {
        int heads = config.numAttentionHeads(), group = heads / config.numKeyValueHeads(), d = config.headDim();
        var window = config.layers().get(number).slidingWindow();
        var scale = (float) config.attentionScale(number);
        team.share(pass.tokens() * heads, unit -> {
            int t = unit / heads, h = unit % heads, position = pass.position(t);
            var from = window == 0 ? 0 : Math.max(0, position + 1 - window);
            Attention.oneHead(pass.cache(t), number, h / group, buffers.qkv, t * qkvSize() + h * d, scale, from, position + 1,
                    buffers.heads, t * config.querySize() + h * d, buffers.lines[member]);
            pass.attention().ifPresent(seen -> System.arraycopy(buffers.lines[member], from, seen[number][h], from, position + 1 - from));
        });
        team.barrier();
    }

    private void activate(KernelWeights.Layer layer, int n) {
        var b = buffers;
        int m = config.intermediateSize(), stride = innerSize();
        team.share(n, t -> {
            for (int k = 0; k < layer.up().size(); k++) {
                var bias = layer.up().get(k).bias();
                Activations.add(b.inner, t * stride + k * m, bias, 0, bias.length);
            }
            if (layer.up().size() == 2) Activations.siluTimes(b.inner, t * stride, b.inner, t * stride + m, m);
            else Activations.geluNew(b.inner, t * stride, m);
        });
        team.barrier();
        arrange(layer.down().weight(), b.inner, stride, n);
    }

    private void head(int[] outputs, float[][] scores, int member) {
        var b = buffers;
        int n = outputs.length, c = config.hiddenSize();
        team.share(n, o -> lastState(outputs[o], b.normed, o * c));
        team.barrier();
        arrange(weights.head, b.normed, c, n);
        team.share(weights.head.parts(), part -> {
            int from = weights.head.firstRow(part), rows = weights.head.firstRow(part + 1) - from;
            weights.head.multiply(part, b.arranged, n, b.part[member], -from, rows, b.scratch[member]);
            for (int o = 0; o < n; o++) System.arraycopy(b.part[member], o * rows, scores[o], from, rows);
        });
    }

    /** What the head reads of a token, after the last layer. */
    private void lastState(int token, float[] into, int intoAt) {
        var b = buffers;
        int c = config.hiddenSize(), at = token * c;
        var bias = weights.layers.getLast().down().bias();
        Activations.add(b.x, at, b.branch, at, c);
        Activations.add(b.x, at, bias, 0, bias.length);
        norm(weights.lastNorm, token, into, intoAt);
    }

    /** The states that are wanted; the last sums of the outputs are made already. */
    private void keepStates(KernelPass pass, int[] outputs) {
        for (int t = 0; t < pass.tokens(); t++) {
            if (!pass.wantsState(t)) continue;
            var state = new float[config.hiddenSize()];
            if (Arrays.binarySearch(outputs, t) >= 0) norm(weights.lastNorm, t, state, 0);
            else lastState(t, state, 0);
            pass.states().add(state);
        }
    }
}
