package dev.parley.model;

import dev.parley.kernels.DType;
import dev.parley.tensor.Functional;
import dev.parley.tensor.Tensor;
import java.util.Optional;

/**
 * Masked multi-head self-attention, Vaswani et al. 2017 (arXiv:1706.03762), section 3.2. Heads that ask may share those that
 * answer (Ainslie et al. 2023, arXiv:2305.13245), queries and keys may be normed (Henry et al. 2020, arXiv:2010.04245) and
 * turned by their positions.
 */
final class Attention {

    private final ModelConfig config;
    private final boolean rotary;
    private final boolean windowed;
    private final double scale;
    private final Optional<Linear> joint; // queries, keys and values in one
    private final Linear[] projections; // or in three
    private final Optional<Norm> queryNorm;
    private final Optional<Norm> keyNorm;
    private final Linear output;

    Attention(Parameters parameters, ModelConfig config, int layer) {
        this.config = config;
        int c = config.hiddenSize(), q = config.querySize(), kv = config.keyValueSize();
        rotary = config.rope().isPresent() && config.layers().get(layer).rotary();
        windowed = config.layers().get(layer).slidingWindow() > 0;
        scale = config.attentionScale(layer);
        if (config.family().conv1d()) {
            joint = Optional.of(Linear.reading(parameters.at("c_attn"), config, c, q + 2 * kv, config.qkvBias()));
            projections = new Linear[0];
        } else {
            joint = Optional.empty();
            projections = new Linear[] {Linear.reading(parameters.at("q_proj"), config, c, q, config.qkvBias()),
                Linear.reading(parameters.at("k_proj"), config, c, kv, config.qkvBias()),
                Linear.reading(parameters.at("v_proj"), config, c, kv, config.qkvBias())};
        }
        queryNorm = config.family().qkNorm() ? Optional.of(Norm.of(parameters.at("q_norm"), config, config.headDim())) : Optional.empty();
        keyNorm = config.family().qkNorm() ? Optional.of(Norm.of(parameters.at("k_norm"), config, config.headDim())) : Optional.empty();
        output = Linear.writing(parameters.at(config.family().names().output()), config, q, c, config.outputBias());
    }

    Tensor forward(Tensor x, Pass pass, KvCache.Layer cache) { // x: (B, T, C)
        long rows = x.size(0), tokens = x.size(1);
        var qkv = project(x, pass.computeType());
        var q = turned(heads(qkv[0], config.numAttentionHeads()), queryNorm, pass); // (B, H, T, D)
        var k = turned(heads(qkv[1], config.numKeyValueHeads()), keyNorm, pass); // (B, K, T, D)
        var v = heads(qkv[2], config.numKeyValueHeads()); // (B, K, T, D)
        if (cache != null) {
            var all = cache.append(k, v);
            k = all.keys(); // (B, K, S, D)
            v = all.values();
        }
        var heads = attend(q, k, v, pass); // (B, H, T, D)
        return output.forward(heads.transpose(1, 2).reshape(rows, tokens, config.querySize()), pass.computeType()); // (B, T, C)
    }

    private Tensor[] project(Tensor x, DType computeType) {
        if (joint.isEmpty()) {
            return new Tensor[] {projections[0].forward(x, computeType), projections[1].forward(x, computeType), projections[2].forward(x, computeType)};
        }
        var all = joint.get().forward(x, computeType); // (B, T, 3C)
        int q = config.querySize(), kv = config.keyValueSize();
        return new Tensor[] {all.narrow(2, 0, q), all.narrow(2, q, kv), all.narrow(2, q + kv, kv)};
    }

    /** (B, T, n D) to (B, n, T, D). */
    private Tensor heads(Tensor x, long n) {
        return x.unflatten(2, n, config.headDim()).transpose(1, 2);
    }

    private Tensor turned(Tensor x, Optional<Norm> norm, Pass pass) { // x: (B, n, T, D)
        if (norm.isPresent()) x = norm.get().forward(x.to(DType.FLOAT32), pass.computeType());
        if (!rotary) return x;
        var wide = x.to(DType.FLOAT32);
        // The halves of a head are the two sides of its pairs: rolled by a half, each element meets its partner.
        return wide.mul(pass.cos()).add(wide.roll(config.headDim() / 2, -1).mul(pass.sin())).to(pass.computeType());
    }

    /**
     * softmax(q kᵀ · scale + mask) v. libtorch's fused kernel is the fastest in float32, and six to ten times slower than
     * plain products in bfloat16; it has no dropout on a CPU. Heads that share keys are rows of one product.
     */
    private Tensor attend(Tensor q, Tensor k, Tensor v, Pass pass) {
        var mask = windowed ? pass.windowedMask() : pass.mask();
        var dropout = pass.training() ? config.dropout().attention() : 0;
        long rows = q.size(0), heads = q.size(1), tokens = q.size(2), kvHeads = k.size(1), keys = k.size(2);
        if (q.dtype() == DType.FLOAT32 && dropout == 0 && heads == kvHeads) {
            return mask.hidesNothing() ? Functional.scaledDotProductAttention(q, k, v, scale)
                    : Functional.scaledDotProductAttention(q, k, v, mask.bias(), scale);
        }
        var together = heads == kvHeads ? q : q.reshape(rows, kvHeads, heads / kvHeads * tokens, config.headDim()); // (B, K, G T, D)
        var scores = together.mul(scale).matmul(k.transpose(-2, -1)).view(rows, heads, tokens, keys); // (B, H, T, S)
        if (!mask.hidesNothing()) scores = scores.add(mask.bias());
        var weights = Functional.dropout(scores.softmax(-1), dropout).view(rows, kvHeads, heads / kvHeads * tokens, keys);
        return weights.matmul(v).view(rows, heads, tokens, config.headDim()); // (B, H, T, D)
    }
}
