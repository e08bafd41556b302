package dev.parley.torch;

import dev.parley.kernels.DType;
import dev.parley.model.ModelConfig;
import dev.parley.tensor.Tensor;

/**
 * What the parts of the network need to know of one pass.
 *
 * @param computeType type that products of matrices are computed in
 * @param training whether dropout is at work
 * @param mask which keys each query sees
 * @param windowedMask the same in layers that slide a window
 * @param cos cosines of the angles that tokens turn by, (B, 1, T, D), float32, for both halves of a head; null where positions are learned
 * @param sin their sines, negative for the first half
 */
record ForwardContext(DType computeType, boolean training, AttentionMask mask, AttentionMask windowedMask, Tensor cos, Tensor sin) {

    /** The pass of tokens at positions. @param positions of each token in its row, (B · T) */
    static ForwardContext of(ModelConfig config, DType computeType, boolean training, AttentionMask mask, AttentionMask windowedMask,
            long[] positions, int rows) {
        if (config.rope().isEmpty()) return new ForwardContext(computeType, training, mask, windowedMask, null, null);
        var longest = 0L;
        for (var position : positions) longest = Math.max(longest, position + 1);
        var table = config.rope().get().table(config.headDim(), positions, (int) longest);
        long tokens = positions.length / rows, half = config.headDim() / 2;
        Tensor cos = Tensor.ofFloats(table.cos(), rows, 1, tokens, half), sin = Tensor.ofFloats(table.sin(), rows, 1, tokens, half);
        return new ForwardContext(computeType, training, mask, windowedMask, Tensor.cat(3, cos, cos), Tensor.cat(3, sin.mul(-1), sin));
    }
}
