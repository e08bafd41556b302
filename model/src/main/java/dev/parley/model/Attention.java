package dev.parley.model;

import dev.parley.model.Parameters.Init;
import dev.parley.model.Parameters.Parameter;
import dev.parley.tensor.DType;
import dev.parley.tensor.Functional;
import dev.parley.tensor.Tensor;

/** Masked multi-head self-attention, Vaswani et al. 2017 (arXiv:1706.03762), section 3.2, with GPT-2's joint projection. */
final class Attention {

    private final int nHead;
    private final double scale;
    private final double attnPdrop;
    private final Linear project;
    private final Linear output;

    Attention(Parameters parameters, Gpt2Config config, int layer) {
        var c = config.nEmbd();
        nHead = config.nHead();
        attnPdrop = config.attnPdrop();
        scale = (config.scaleAttnWeights() ? 1 / Math.sqrt(config.headSize()) : 1)
                / (config.scaleAttnByInverseLayerIdx() ? layer + 1 : 1);
        project = new Linear(parameters.at("c_attn"), c, 3 * c, Init.normal(config.initializerRange()));
        output = new Linear(parameters.at("c_proj"), c, c, Block.residualInit(config));
    }

    Tensor forward(Tensor x, Pass pass, KvCache.Layer cache) { // x: (B, T, C)
        long rows = x.size(0), tokens = x.size(1), width = x.size(2);
        var qkv = project.forward(x, pass.computeType())
                .view(rows, tokens, 3, nHead, width / nHead).permute(2, 0, 3, 1, 4); // (3, B, H, T, D)
        var q = qkv.select(0, 0); // (B, H, T, D)
        var k = qkv.select(0, 1);
        var v = qkv.select(0, 2);
        if (cache != null) {
            var all = cache.append(k, v);
            k = all.keys(); // (B, H, S, D)
            v = all.values();
        }
        var heads = attend(q, k, v, pass); // (B, H, T, D)
        return output.forward(heads.transpose(1, 2).reshape(rows, tokens, width), pass.computeType()); // (B, T, C)
    }

    /**
     * softmax(q kᵀ · scale + mask) v. libtorch's fused kernel is the fastest in float32, and six to ten times slower than
     * plain products in bfloat16; it has no dropout on a CPU.
     */
    private Tensor attend(Tensor q, Tensor k, Tensor v, Pass pass) {
        var mask = pass.mask();
        var dropout = pass.training() ? attnPdrop : 0;
        if (q.dtype() == DType.FLOAT32 && dropout == 0) {
            return mask.hidesNothing() ? Functional.scaledDotProductAttention(q, k, v, scale)
                    : Functional.scaledDotProductAttention(q, k, v, mask.bias(), scale);
        }
        var scores = q.mul(scale).matmul(k.transpose(-2, -1)); // (B, H, T, S)
        if (!mask.hidesNothing()) scores = scores.add(mask.bias());
        return Functional.dropout(scores.softmax(-1), dropout).matmul(v); // (B, H, T, D)
    }
}
