package dev.parley.torch;

import dev.parley.kernels.DType;
import dev.parley.model.ModelConfig;
import dev.parley.model.Rope;
import dev.parley.model.TokenTree;
import dev.parley.model.TrainingBatch;
import dev.parley.tensor.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * What the parts of the network need to know of one pass.
 *
 * @param computeType type that products of matrices are computed in
 * @param dropouts what of activations is dropped
 * @param positions of each token in its row or document, (B, T)
 * @param mask which keys each query sees
 * @param windowedMask the same in layers that slide a window
 * @param lookback finds those before each token
 * @param rotations how tokens are turned by their positions; none where these are learned
 */
record ForwardContext(DType computeType, Dropouts dropouts, Tensor positions, AttentionMask mask, AttentionMask windowedMask,
        Lookback lookback, Map<Rope, Rotation> rotations) {

    /**
     * How tokens are turned, for D dimensions of a head.
     *
     * @param cos cosines of the angles that tokens turn by, (B, 1, T, D), float32, for both halves of them
     * @param sin their sines, negative for the first half
     * @param queryScale what queries are multiplied by besides, (B, 1, T, 1); empty for 1
     */
    private record Rotation(Tensor cos, Tensor sin, Optional<Tensor> queryScale) {

        static Rotation of(Rope.Table table, int rows, long tokens) {
            long half = table.dim() / 2;
            Tensor cos = Tensor.ofFloats(table.cos(), rows, 1, tokens, half), sin = Tensor.ofFloats(table.sin(), rows, 1, tokens, half);
            var scale = table.queryScales().length == 0 ? Optional.<Tensor>empty()
                    : Optional.of(Tensor.ofFloats(table.queryScales(), rows, 1, tokens, 1));
            return new Rotation(Tensor.cat(3, cos, cos), Tensor.cat(3, sin.mul(-1), sin), scale);
        }

        /** The halves of what is turned are the two sides of its pairs: rolled by a half, each element meets its partner. */
        Tensor of(Tensor wide) {
            var dim = cos.size(3);
            if (dim == wide.size(3)) return wide.mul(cos).add(wide.roll(dim / 2, -1).mul(sin));
            return Tensor.cat(3, of(wide.narrow(3, 0, dim)), wide.narrow(3, dim, wide.size(3) - dim)); // the rest of a head stays
        }
    }

    /** Heads turned by their positions. x: (B, n, T, D), and the result, of the compute type. */
    Tensor turned(Tensor x, Rope rope) {
        return rotations.get(rope).of(x.to(DType.FLOAT32)).to(computeType);
    }

    /** Queries as long as their positions make them, (B, H, T, D). */
    Tensor scaledQueries(Tensor q, Rope rope) {
        var scale = rotations.get(rope).queryScale();
        return scale.isPresent() ? q.mul(scale.get().to(q.dtype())) : q;
    }

    /** The pass of rows to learn from, or to tell how likely they are. @param dropouts for the first */
    static ForwardContext of(ModelConfig config, TrainingBatch batch, DType computeType, Dropouts dropouts) {
        var segments = batch.segments();
        Beginnings ofDocuments = (b, t) -> batch.isPacked() && segments[b][t] != segments[b][t - 1];
        return of(config, computeType, dropouts, positions(batch.rows(), batch.length(), 0, ofDocuments), batch.rows(),
                Optional.empty(), window -> batch.isPacked() ? AttentionMask.packed(segments, window, computeType)
                        : AttentionMask.causal(batch.length(), 0, null, window, computeType));
    }

    /** The pass of tokens to read. @param past how many of each row are in a cache */
    static ForwardContext of(ModelConfig config, TokenBatch batch, int past, DType computeType) {
        var padding = batch.hasPadding() ? batch.attentionMask() : null;
        Beginnings afterPadding = (b, t) -> padding != null && padding[b][t - 1] == 0;
        return of(config, computeType, Dropouts.NONE, positions(batch.rows(), batch.length(), past, afterPadding), batch.rows(),
                Optional.empty(), window -> AttentionMask.causal(batch.length(), past, padding, window, computeType));
    }

    /** The pass of a tree of texts: a token sees those above it. */
    static ForwardContext of(ModelConfig config, TokenTree tree, DType computeType) {
        var depths = tree.depths();
        return of(config, computeType, Dropouts.NONE, Arrays.stream(depths).asLongStream().toArray(), 1,
                Optional.of(tree), window -> AttentionMask.tree(tree.parents(), window));
    }

    /** Where a text begins within a row. */
    private interface Beginnings {

        /** @param t from 1 */
        boolean at(int b, int t);
    }

    /** Positions, which begin anew with each text: it reads the same alone, packed and padded; (B · T). */
    private static long[] positions(int rows, int tokens, int past, Beginnings beginnings) {
        var positions = new long[rows * tokens];
        for (int b = 0; b < rows; b++) {
            positions[b * tokens] = past;
            for (int t = 1; t < tokens; t++) {
                positions[b * tokens + t] = beginnings.at(b, t) ? past : positions[b * tokens + t - 1] + 1;
            }
        }
        return positions;
    }

    private static ForwardContext of(ModelConfig config, DType computeType, Dropouts dropouts, long[] positions, int rows,
            Optional<TokenTree> tree, IntFunction<AttentionMask> maskOfWindow) {
        long tokens = positions.length / rows;
        var at = Tensor.ofLongs(positions, rows, tokens);
        var mask = maskOfWindow.apply(0);
        var window = config.layers().stream().mapToInt(ModelConfig.Layer::slidingWindow).max().orElse(0); // 0 if no layer slides one
        var windowedMask = window == 0 ? mask : maskOfWindow.apply(window);
        var each = Arrays.stream(positions).mapToInt(Math::toIntExact).toArray();
        var lengths = new int[each.length];
        Arrays.fill(lengths, Arrays.stream(each).max().orElse(0) + 1);
        var rotations = new HashMap<Rope, Rotation>();
        for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
            config.rope(layer).ifPresent(
                    rope -> rotations.computeIfAbsent(rope, r -> Rotation.of(r.table(config.headDim(), each, lengths), rows, tokens)));
        }
        var lookback = tree.map(t -> Lookback.ofTree(config, t.parents()))
                .orElseGet(() -> Lookback.ofRows(config, positions, rows, computeType));
        return new ForwardContext(computeType, dropouts, at, mask, windowedMask, lookback, rotations);
    }
}
