package dev.parley.model;

import dev.parley.kernels.WarmUp;
import dev.parley.kernels.attention.Attention;
import dev.parley.kernels.attention.KvPool;
import dev.parley.kernels.machine.ThreadTeam;
import dev.parley.kernels.matrix.Matrix;
import dev.parley.kernels.vectors.Activations;
import dev.parley.kernels.vectors.Norms;
import dev.parley.kernels.vectors.Rotary;
import dev.parley.model.RunnerWeights.Heads;
import dev.parley.model.RunnerWeights.ShortConv;
import dev.parley.model.adapter.AdapterFiles;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The network of a {@link Blueprint} run by the kernels of the Java engine, for the passes in which memory sets the speed: one or
 * a few new tokens for each of a few sequences. Sequences lie one after the other without padding, each with its own cache, and
 * what is computed for one does not depend, to the last bit, on the others.
 *
 * <p>The residual stream x runs from the embedding to the head, and each branch reads it and adds to it:
 *
 * <pre>
 *   embed      x = tokens[id] + positions[p]                                       ids
 *                                                                                   │
 *   layer      h = norm(x)                                          ┌───────────────┤ x
 *              q, k, v = h Wqkv                                     norm            │
 *              turn q and k by their positions; k and v to the      attention       │
 *              cache                                                └──────────────►+
 *              a = softmax(q kᵀ · scale) v                                          │
 *              x = x + a Wo                                         ┌───────────────┤
 *              h = norm(x)                                          norm            │
 *              m = activation(h Wup)                                MLP             │
 *              x = x + m Wdown                                      └──────────────►+
 *                                                                                   │  … more layers
 *   head       scores = norm(x) Whead                                          norm, head
 * </pre>
 *
 * <p>The code differs from the figure in one place: a branch does not add its result to x. It leaves it in {@code branch}, and the
 * phase that needs the sum next adds it, together with its bias, just before it norms: {@link #addAndNorm} of the MLP for
 * attention's result, that of the next layer, or {@link #lastState} after the last, for the MLP's. A token's x is then in one
 * core's cache for the sum and the norm, and the phase and barrier that an addition of its own would take are saved.
 *
 * <p>A pass is one job of the thread team. Its phases are shared by tokens, by rows of matrices or by heads, with a barrier
 * between each and the next.
 */
final class JavaRunner {

    /** Tokens in a pass at most: longer ones are cut, so that buffers stay small. */
    static final int MOST_TOKENS = 128;

    private final ModelConfig config;
    private final ThreadTeam team = ThreadTeam.shared();
    private final RunnerWeights weights;
    private RunnerBuffers buffers;

    JavaRunner(ModelWeights held, ModelConfig config) {
        this.config = config;
        weights = new RunnerWeights(held, config.blueprint());
    }

    /** Memory for the keys and values of many sequences. */
    KvPool newPool(int mostBlocks) {
        var states = weights.layers.stream().mapToInt(layer -> layer.mixer() instanceof ShortConv conv ? conv.spec().channels() : 0);
        return new KvPool(states.toArray(), config.numKeyValueHeads(), config.headDim(), wide(), mostBlocks);
    }

    private boolean wide() {
        return weights.wide() || config.headDim() % 2 != 0;
    }

    /** Brings an adapter into memory, for the sequences that ask for it. */
    Adapter load(AdapterFiles files) {
        return Adapter.of(files, config.blueprint(), weights);
    }

    /**
     * One pass over at most {@link #MOST_TOKENS} new tokens.
     * @param scores receives a row for each output of the pass; there may be more rows
     */
    void run(ForwardBatch pass, float[][] scores) {
        pass.reserve();
        makeRoom(pass.tokens(), pass.longest());
        buffers.squares = pass.squares();
        buffers.adapters = AdapterPass.of(pass);
        var outputs = pass.outputs();
        team.run(member -> {
            embed(pass, member);
            for (int i = 0; i < weights.layers.size(); i++) layer(weights.layers.get(i), i, pass, member);
            if (outputs.length > 0) head(pass, outputs, scores, member);
        });
        keepStates(pass, outputs);
        WarmUp.start();
        pass.advance();
    }

    /**
     * What the head makes of residual streams, at most {@link #MOST_TOKENS}.
     *
     * @param scores receives a row for each
     */
    void score(float[][] residuals, float[][] scores) {
        int n = residuals.length, c = config.hiddenSize();
        makeRoom(n, 1);
        for (int t = 0; t < n; t++) System.arraycopy(residuals[t], 0, buffers.x, t * c, c);
        team.run(member -> {
            team.share(n, t -> norm(weights.lastNorm, buffers.x, t, buffers.normed, t * c));
            team.barrier();
            scoreNormed(n, scores, member);
        });
        WarmUp.start();
    }

    private void makeRoom(int tokens, int longest) {
        if (buffers != null && buffers.fit(tokens, longest, config.headDim())) return;
        buffers = new RunnerBuffers(Math.max(tokens, buffers == null ? 1 : buffers.tokens),
                Math.max(256, Math.min(config.maxPositionEmbeddings(), 2 * longest)), config, weights, team.size());
    }

    private void embed(ForwardBatch pass, int member) {
        int c = config.hiddenSize();
        var line = buffers.lines[member];
        team.share(pass.tokens(), t -> {
            weights.tokens.row(pass.id(t), buffers.x, t * c);
            scale(buffers.x, t * c, c, weights.embeddingScale);
            if (weights.positions.isPresent()) {
                weights.positions.get().row(pass.position(t), line, 0);
                Activations.add(buffers.x, t * c, line, 0, c);
            }
            Arrays.fill(buffers.branch, t * c, (t + 1) * c, 0);
            pass.trace().ifPresent(trace -> System.arraycopy(buffers.x, t * c, trace.embeddings()[t], 0, c));
        });
        team.barrier();
    }

    private static void scale(float[] x, int at, int n, float factor) {
        if (factor == 1) return;
        for (int i = at; i < at + n; i++) x[i] *= factor;
    }

    private void layer(RunnerWeights.Layer layer, int number, ForwardBatch pass, int member) {
        var b = buffers;
        int n = pass.tokens(), c = config.hiddenSize();
        // Before the first layer there is nothing to add: embed leaves zeros in the branch.
        var below = number == 0 ? RunnerWeights.Landing.NONE : weights.layers.get(number - 1).mlpLanding();
        addAndNorm(pass, 2 * number - 1, below, layer.mixerNorm(), false); // x += the MLP of the layer below; h = norm(x)
        arrange(layer.mixer().input(), b.normed, c, n);
        multiply(layer.mixer().input(), n, b.qkv, member); // q, k, v
        switch (layer.mixer()) {
            case Heads heads -> {
                turn(heads, number, pass);
                attend(heads, number, pass, member); // heads
            }
            case ShortConv convolution -> ShortConvPass.run(convolution, number, pass, b, team);
        }
        arrange(layer.mixer().output(), b.heads, layer.spec().mixer().output().in(), n);
        multiply(layer.mixer().output(), n, b.branch, member); // attention's result, added to x by the next line

        // x += attention; h = norm(x)
        addAndNorm(pass, 2 * number, layer.mixerLanding(), layer.mlpNorm(), layer.spec().join().parallel());
        switch (layer.mlp()) { // its result is added to x by the next layer, or by lastState
            case RunnerWeights.Mlp mlp -> mlp(mlp, n, member);
            case RunnerWeights.Experts experts -> {
                arrange(experts.router(), b.normed, c, n);
                multiply(experts.router(), n, b.inner, member);
                ExpertsPass.run(experts, n, b, team, member);
            }
        }
    }

    private void mlp(RunnerWeights.Mlp mlp, int n, int member) {
        int c = config.hiddenSize(), stride = mlp.up().size();
        arrange(mlp.up(), buffers.normed, c, n);
        multiply(mlp.up(), n, buffers.inner, member);
        team.share(n, t -> activate(mlp, buffers.inner, t * stride));
        team.barrier();
        arrange(mlp.down(), buffers.inner, stride, n);
        multiply(mlp.down(), n, buffers.branch, member);
    }

    /**
     * Adds what the last branch has left to the residual stream, and norms the sum for the next.
     *
     * @param branch its number, that of a layer's attention before that of its MLP; below 0 before the first
     * @param parallel whether the next branch reads what the last one read, without what that adds
     */
    private void addAndNorm(ForwardBatch pass, int branch, RunnerWeights.Landing landing, Optional<RunnerWeights.Norm> norm,
            boolean parallel) {
        team.share(pass.tokens(), t -> {
            if (parallel) read(norm, t);
            addBranch(pass, branch, t, landing);
            if (!parallel) read(norm, t);
        });
        team.barrier();
    }

    /** What a branch reads of a token: its norm, or the residual stream as it is. */
    private void read(Optional<RunnerWeights.Norm> norm, int token) {
        int c = config.hiddenSize(), at = token * c;
        if (norm.isPresent()) norm(norm.get(), buffers.x, token, buffers.normed, at);
        else System.arraycopy(buffers.x, at, buffers.normed, at, c);
    }

    private void addBranch(ForwardBatch pass, int branch, int token, RunnerWeights.Landing landing) {
        int c = config.hiddenSize(), at = token * c;
        var plain = landing.norm().isEmpty() && landing.scale() == 1;
        if (!plain) { // else the bias is added with the sum
            Activations.add(buffers.branch, at, landing.bias(), 0, landing.bias().length);
            landing.norm().ifPresent(norm -> norm(norm, buffers.branch, token, buffers.branch, at));
            scale(buffers.branch, at, c, landing.scale());
        }
        var bias = plain ? landing.bias() : RunnerWeights.Landing.NONE.bias();
        if (branch >= 0 && pass.trace().isPresent()) pass.trace().get().keepBranch(branch, token, buffers.branch, at, bias);
        Activations.add(buffers.x, at, buffers.branch, at, c);
        Activations.add(buffers.x, at, bias, 0, bias.length);
    }

    private void norm(RunnerWeights.Norm norm, float[] x, int token, float[] into, int intoAt) {
        int c = config.hiddenSize(), at = token * c;
        if (norm.shift().length > 0) Norms.layer(x, at, c, norm.scale(), norm.shift(), norm.epsilon(), into, intoAt);
        else Norms.rms(x, at, c, norm.scale(), norm.epsilon(), into, intoAt);
    }

    /**
     * Arranges vectors for products, once for each form of them. Those side by side by one thread: two that write to the same lines would
     * wait for each other.
     */
    private void arrange(RunnerWeights.SideBySide products, float[] x, int stride, int n) {
        int tiles = Math.ceilDiv(n, Matrix.SIDE_BY_SIDE), parts = tiles * products.forms().size(),
                beside = buffers.adapters.units(products);
        team.share(parts + beside + (buffers.squares.isPresent() ? 1 : 0), part -> {
            if (part >= parts) {
                if (part < parts + beside) buffers.adapters.shrink(part - parts, products, x, stride);
                else buffers.squares.get().add(products, x, 0, stride, n);
                return;
            }
            int form = part / tiles, from = part % tiles * Matrix.SIDE_BY_SIDE;
            for (int t = from; t < Math.min(n, from + Matrix.SIDE_BY_SIDE); t++)
                products.forms().get(form).arrange(x, t * stride, buffers.arranged[form], t, n);
        });
        team.barrier();
    }

    /** The products of the arranged vectors with matrices of the same width, side by side in the result. */
    private void multiply(RunnerWeights.SideBySide products, int n, float[] y, int member) {
        var parts = 0;
        for (var p : products.projections()) parts += p.weight().parts();
        team.share(parts, part -> {
            var yAt = 0;
            for (int i = 0; i < products.projections().size(); i++) {
                var weight = products.projections().get(i).weight();
                if (part < weight.parts()) {
                    weight.multiply(part, buffers.arranged[products.formOf().get(i)], n, y, yAt, products.size(), buffers.scratch[member]);
                    buffers.adapters.expand(products, i, weight.firstRow(part), weight.firstRow(part + 1), y, yAt);
                    return;
                }
                part -= weight.parts();
                yAt += weight.rows();
            }
        });
        team.barrier();
    }

    /** Biases, norms and positions of queries and keys; keys and values go to the caches. */
    private void turn(Heads layer, int number, ForwardBatch pass) {
        var spec = layer.spec();
        int kvHeads = spec.keyValueHeads(), group = spec.heads() / kvHeads, d = spec.headDim(), q = spec.querySize(),
                kv = spec.keyValueSize();
        var stride = layer.input().size();
        var table = spec.rope().map(pass::table);
        var whole = spec.normsAllHeads();
        if (whole) {
            team.share(pass.tokens(), t -> {
                normWhole(layer.queryNorm(), t * stride, q);
                normWhole(layer.keyNorm(), t * stride + q, kv);
            });
            team.barrier();
        }
        Optional<RunnerWeights.Norm> queryNorm = whole ? Optional.empty() : layer.queryNorm(),
                keyNorm = whole ? Optional.empty() : layer.keyNorm();
        team.share(pass.tokens() * kvHeads, unit -> {
            int t = unit / kvHeads, kvHead = unit % kvHeads;
            int at = t * stride, keyRow = spec.keyAt(kvHead), keyAt = at + keyRow, valueRow = spec.valueAt(kvHead), valueAt = at + valueRow;
            for (int h = kvHead * group; h < (kvHead + 1) * group; h++) {
                var queryRow = spec.queryAt(h);
                addBias(layer.input().projections(), queryRow, buffers.qkv, at + queryRow, d);
                turnHead(queryNorm, table, t, at + queryRow, d);
                if (table.isPresent()) scale(buffers.qkv, at + queryRow, d, table.get().queryScale(t));
            }
            addBias(layer.input().projections(), keyRow, buffers.qkv, keyAt, d);
            turnHead(keyNorm, table, t, keyAt, d);
            addBias(layer.input().projections(), valueRow, buffers.qkv, valueAt, d);
            pass.cache(t).put(number, kvHead, pass.position(t), buffers.qkv, keyAt, buffers.qkv, valueAt);
        });
        team.barrier();
    }

    private static void addBias(List<RunnerWeights.Projection> qkv, int row, float[] y, int at, int count) {
        for (var p : qkv) {
            if (row < p.weight().rows()) {
                Activations.add(y, at, p.bias(), row, Math.min(count, p.bias().length));
                return;
            }
            row -= p.weight().rows();
        }
    }

    /** All heads as one vector; projections of families with such norms have no bias. */
    private void normWhole(Optional<RunnerWeights.Norm> norm, int at, int n) {
        norm.ifPresent(all -> Norms.rms(buffers.qkv, at, n, all.scale(), all.epsilon(), buffers.qkv, at));
    }

    private void turnHead(Optional<RunnerWeights.Norm> norm, Optional<Rope.Table> table, int t, int at, int d) {
        if (norm.isPresent()) Norms.rms(buffers.qkv, at, d, norm.get().scale(), norm.get().epsilon(), buffers.qkv, at);
        if (table.isPresent()) {
            var dim = table.get().dim();
            Rotary.rotate(buffers.qkv, at, dim, table.get().cos(), table.get().sin(), t * (dim / 2));
        }
    }

    private void attend(Heads layer, int number, ForwardBatch pass, int member) {
        var spec = layer.spec();
        int heads = spec.heads(), group = heads / spec.keyValueHeads(), d = spec.headDim(), window = spec.slidingWindow(),
                stride = layer.input().size();
        var all = new Attention.ScoreRule((float) spec.scale(), (float) spec.softcap());
        var sinks = layer.sinks();
        team.share(pass.tokens() * heads, unit -> {
            int t = unit / heads, h = unit % heads, position = pass.position(t);
            var from = window == 0 ? 0 : Math.max(0, position + 1 - window);
            var rule = sinks.length == 0 ? all : all.withSink(sinks[h]);
            Attention.oneHead(pass.cache(t), number, h / group, buffers.qkv, t * stride + spec.queryAt(h), rule, from, position + 1,
                    buffers.heads, t * spec.querySize() + h * d, buffers.lines[member]);
            pass.trace().ifPresent(trace -> System.arraycopy(buffers.lines[member], from, trace.attention()[t][number][h], from,
                    position + 1 - from));
        });
        team.barrier();
    }

    /** What stands between the two products of a perceptron, of one token: biases of the first, and the activation. */
    static void activate(RunnerWeights.Mlp mlp, float[] inner, int at) {
        var m = mlp.spec().down().in();
        var biasAt = at;
        for (var p : mlp.up().projections()) {
            Activations.add(inner, biasAt, p.bias(), 0, p.bias().length);
            biasAt += p.weight().rows();
        }
        switch (mlp.spec().activation()) {
            case GELU -> Activations.geluNew(inner, at, m);
            case GELU_ERF -> Activations.geluErf(inner, at, m);
            case GATED_SILU -> Activations.siluTimes(inner, at, inner, at + m, m);
            case GATED_GELU -> Activations.geluTimes(inner, at, inner, at + m, m);
            case CLAMPED_SWIGLU -> Activations.clampedSwiglu(inner, at, inner, at + m, m);
        }
    }

    private void head(ForwardBatch pass, int[] outputs, float[][] scores, int member) {
        int n = outputs.length, c = config.hiddenSize();
        team.share(n, o -> lastState(pass, outputs[o], buffers.normed, o * c));
        team.barrier();
        scoreNormed(n, scores, member);
    }

    private void scoreNormed(int n, float[][] scores, int member) {
        var b = buffers;
        arrange(weights.head, b.normed, config.hiddenSize(), n);
        var head = weights.head.first().weight();
        team.share(head.parts(), part -> {
            int from = head.firstRow(part), rows = head.firstRow(part + 1) - from;
            head.multiply(part, b.arranged[0], n, b.part[member], -from, rows, b.scratch[member]);
            for (int o = 0; o < n; o++) {
                System.arraycopy(b.part[member], o * rows, scores[o], from, rows);
                scale(scores[o], from, rows, weights.logitScale);
                if (weights.logitSoftcap > 0) Activations.softcap(scores[o], from, rows, weights.logitSoftcap);
            }
        });
    }

    /** What the head reads of a token: the norm of x, to which the last layer's MLP is added here. */
    private void lastState(ForwardBatch pass, int token, float[] into, int intoAt) {
        addBranch(pass, 2 * weights.layers.size() - 1, token, weights.layers.getLast().mlpLanding());
        norm(weights.lastNorm, buffers.x, token, into, intoAt);
    }

    /** The states that are wanted; the last sums of the outputs are made already. */
    private void keepStates(ForwardBatch pass, int[] outputs) {
        for (int t = 0; t < pass.tokens(); t++) {
            if (!pass.wantsState(t)) continue;
            var state = new float[config.hiddenSize()];
            if (Arrays.binarySearch(outputs, t) >= 0) norm(weights.lastNorm, buffers.x, t, state, 0);
            else lastState(pass, t, state, 0);
            pass.states().add(state);
        }
    }
}
