package dev.parley.torch;

import dev.parley.kernels.DType;
import dev.parley.kernels.attention.Attention.ScoreRule;
import dev.parley.kernels.attention.TreeAttention;
import dev.parley.kernels.machine.ThreadTeam;
import dev.parley.model.Blueprint.AttentionSpec;
import dev.parley.tensor.Functional;
import dev.parley.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Masked multi-head self-attention, Vaswani et al. 2017 (arXiv:1706.03762), section 3.2. Query heads may share key-value
 * heads (Ainslie et al. 2023, arXiv:2305.13245), queries and keys may be normed (Henry et al. 2020, arXiv:2010.04245) and
 * turned by their positions.
 */
final class Attention implements Mixer {

    private final AttentionSpec spec;
    private final double dropout;
    private final Linear qkv;
    private final Optional<Norm> queryNorm;
    private final Optional<Norm> keyNorm;
    private final Optional<Parameter> sinks;
    private final Linear output;

    Attention(Parameters parameters, AttentionSpec spec, double dropout) {
        this.spec = spec;
        this.dropout = dropout;
        qkv = new Linear(parameters, spec.qkv());
        queryNorm = spec.queryNorm().map(norm -> Norm.of(parameters, norm));
        keyNorm = spec.keyNorm().map(norm -> Norm.of(parameters, norm));
        sinks = spec.sinks().map(parameters::get);
        output = new Linear(parameters, spec.output());
    }

    @Override
    public Tensor forward(Tensor x, ForwardContext pass, KvCache.Layer cache) { // x: (B, T, C)
        long rows = x.size(0), tokens = x.size(1);
        var parts = spec.byHead() ? headByHead(x, pass) : together(x, pass);
        var q = turned(parts.get(0), queryNorm, pass); // (B, H, T, D)
        if (spec.rope().isPresent()) q = pass.scaledQueries(q, spec.rope().get());
        var k = turned(parts.get(1), keyNorm, pass); // (B, K, T, D)
        var v = parts.get(2); // (B, K, T, D)
        if (cache != null) {
            var all = cache.append(k, v);
            k = all.keys(); // (B, K, S, D)
            v = all.values();
        }
        var heads = attend(q, k, v, pass); // (B, H, T, D)
        return output.forward(heads.transpose(1, 2).reshape(rows, tokens, spec.querySize()), pass); // (B, T, C)
    }

    /** Queries (B, H, T, D), keys and values (B, K, T, D), of which all queries are made side by side. */
    private List<Tensor> together(Tensor x, ForwardContext pass) {
        var parts = qkv.split(x, pass, spec.querySize(), spec.keyValueSize(), spec.keyValueSize());
        Tensor q = parts.get(0), k = parts.get(1); // (B, T, H D), (B, T, K D)
        if (spec.normsAllHeads()) {
            q = queryNorm.orElseThrow().forward(q.to(DType.FLOAT32), pass.computeType());
            k = keyNorm.orElseThrow().forward(k.to(DType.FLOAT32), pass.computeType());
        }
        return List.of(heads(q, spec.heads()), heads(k, spec.keyValueHeads()), heads(parts.get(2), spec.keyValueHeads()));
    }

    /** The same where query, key and value of a head lie side by side. */
    private List<Tensor> headByHead(Tensor x, ForwardContext pass) {
        var all = qkv.forward(x, pass).unflatten(2, spec.heads(), 3, spec.headDim()); // (B, T, H, 3, D)
        return IntStream.range(0, 3).mapToObj(part -> all.select(3, part).transpose(1, 2)).toList();
    }

    /** (B, T, n D) to (B, n, T, D). */
    private Tensor heads(Tensor x, long n) {
        return x.unflatten(2, n, spec.headDim()).transpose(1, 2);
    }

    private Tensor turned(Tensor x, Optional<Norm> norm, ForwardContext pass) { // x: (B, n, T, D)
        if (norm.isPresent() && !spec.normsAllHeads()) x = norm.get().forward(x.to(DType.FLOAT32), pass.computeType());
        return spec.rope().isPresent() ? pass.turned(x, spec.rope().get()) : x;
    }

    /**
     * softmax(q kᵀ · scale + mask) v. libtorch's fused kernel is the fastest in float32, and six to ten times slower than
     * plain products in bfloat16; it has no dropout on a CPU. Heads that share keys are rows of one product.
     */
    private Tensor attend(Tensor q, Tensor k, Tensor v, ForwardContext pass) {
        var mask = spec.slidingWindow() > 0 ? pass.windowedMask() : pass.mask();
        if (mask.tree().isPresent()) return attendInTree(q, k, v, mask.tree().get(), pass.computeType());
        var drops = pass.dropouts().atWork() && dropout > 0;
        long rows = q.size(0), heads = q.size(1), tokens = q.size(2), kvHeads = k.size(1), keys = k.size(2);
        if (q.dtype() == DType.FLOAT32 && !drops && heads == kvHeads && spec.softcap() == 0 && sinks.isEmpty()) {
            return mask.hidesNothing() ? Functional.scaledDotProductAttention(q, k, v, spec.scale())
                    : Functional.scaledDotProductAttention(q, k, v, mask.bias(), spec.scale());
        }
        var together = heads == kvHeads ? q : q.reshape(rows, kvHeads, heads / kvHeads * tokens, spec.headDim()); // (B, K, G T, D)
        var scores = together.mul(spec.scale()).matmul(k.transpose(-2, -1)).view(rows, heads, tokens, keys); // (B, H, T, S)
        if (spec.softcap() > 0) scores = Functional.softcap(scores, spec.softcap());
        if (!mask.hidesNothing()) scores = scores.add(mask.bias());
        var weights = pass.dropouts().drop(softmax(scores, pass.computeType()), dropout).view(rows, kvHeads, heads / kvHeads * tokens,
                keys);
        return weights.matmul(v).view(rows, heads, tokens, spec.headDim()); // (B, H, T, D)
    }

    /** A sink is one more column, whose share no token gets. */
    private Tensor softmax(Tensor scores, DType computeType) { // scores: (B, H, T, S)
        if (sinks.isEmpty()) return scores.softmax(-1);
        var column = Tensor.zeros(scores.dtype(), scores.size(0), spec.heads(), scores.size(2), 1)
                .add(sinks.get().in(computeType).view(1, spec.heads(), 1, 1)); // (B, H, T, 1)
        return Tensor.cat(-1, scores, column).softmax(-1).narrow(-1, 0, scores.size(3)).contiguous();
    }

    /** A tree is one row of tokens, of which the heads lie side by side: (1, H, N, D) is a view of (N, H D). */
    private Tensor attendInTree(Tensor q, Tensor k, Tensor v, TreeAttention tree, DType computeType) {
        var out = Tensor.empty(DType.FLOAT32, 1, q.size(2), spec.heads(), spec.headDim()); // (1, N, H, D)
        var rule = new ScoreRule((float) spec.scale(), (float) spec.softcap());
        var scores = sinks.isEmpty() ? new float[0] : sinks.get().value().detach().toFloats();
        tree.run(new TreeAttention.Heads(spec.heads(), spec.keyValueHeads(), spec.headDim(), rule, scores), vectors(q), vectors(k),
                vectors(v), out.memory(), ThreadTeam.shared());
        return out.transpose(1, 2).to(computeType); // (1, H, N, D)
    }

    private TreeAttention.Vectors vectors(Tensor heads) {
        var rows = heads.select(0, 0).transpose(0, 1).to(DType.FLOAT32).reshape(heads.size(2), heads.size(1) * spec.headDim())
                .rowsInMemory(); // (N, H D)
        return new TreeAttention.Vectors(rows.memory(), rows.stride());
    }
}
