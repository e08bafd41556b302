package dev.parley.tensor;

import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** Operations of neural networks that are functions of their inputs and parameters alone. */
public final class Functional {

    private Functional() {}

    /** Rows of a table by number. ids: (…), int64; table: (V, C); result: (…, C). */
    public static Tensor embedding(Tensor ids, Tensor table) {
        return NativeCall.call("embedding", () -> torch.embedding(table.pointer(), ids.pointer()), ids, table);
    }

    /**
     * Layer normalisation over the last dimension, Ba et al. 2016 (arXiv:1607.06450). x: (…, C); weight, bias: (C).
     * Mean and variance are computed in float32 also for bfloat16.
     */
    public static Tensor layerNorm(Tensor x, Tensor weight, Tensor bias, double epsilon) {
        return NativeCall.call("layerNorm", () -> {
            try (var w = NativeCall.optional(weight); var b = NativeCall.optional(bias)) {
                return torch.layer_norm(x.pointer(), new long[] {weight.size(0)}, w, b, epsilon, false);
            }
        }, x, weight, bias);
    }

    /** Root mean square norm over the last dimension, Zhang and Sennrich 2019 (arXiv:1910.07467). x: (…, C); weight: (C). */
    public static Tensor rmsNorm(Tensor x, Tensor weight, double epsilon) {
        return NativeCall.call("rmsNorm", () -> {
            try (var w = NativeCall.optional(weight); var e = new DoubleOptional(epsilon)) {
                return torch.rms_norm(x.pointer(), new long[] {weight.size(0)}, w, e);
            }
        }, x, weight);
    }

    /** x · sigmoid(x); Elfwing et al. 2017 (arXiv:1702.03118). */
    public static Tensor silu(Tensor x) {
        return NativeCall.call("silu", () -> torch.silu(x.pointer()), x);
    }

    /** GELU in its tanh form, "gelu_new" of GPT-2; Hendrycks and Gimpel 2016 (arXiv:1606.08415), section 2. */
    public static Tensor geluNew(Tensor x) {
        return NativeCall.call("geluNew", () -> torch.gelu(x.pointer(), "tanh"), x);
    }

    /** GELU with the error function; Hendrycks and Gimpel 2016, section 2. */
    public static Tensor gelu(Tensor x) {
        return NativeCall.call("gelu", () -> torch.gelu(x.pointer(), "none"), x);
    }

    /** Numbers bounded by cap · tanh(x / cap), as Gemma 2's scores are (arXiv:2408.00118). */
    public static Tensor softcap(Tensor x, double cap) {
        return x.mul(1 / cap).tanh().mul(cap);
    }

    /** Each number, or the bound that it lies beyond. */
    public static Tensor clamp(Tensor x, double least, double most) {
        return NativeCall.call("clamp", () -> {
            try (var low = new Scalar(least); var high = new Scalar(most); var from = new ScalarOptional(low);
                    var to = new ScalarOptional(high)) {
                return torch.clamp(x.pointer(), from, to);
            }
        }, x);
    }

    /** b + x · w for a matrix x: (N, C), w: (C, D), b: (D); one pass less over memory than product and sum. */
    public static Tensor affine(Tensor x, Tensor w, Tensor b) {
        return NativeCall.call("affine", () -> torch.addmm(b.pointer(), x.pointer(), w.pointer()), x, w, b);
    }

    /**
     * Zeroes each element with probability p and scales the rest by 1/(1-p), Srivastava et al. 2014. libtorch draws its masks on one
     * thread from one generator, which took longer than all other work of a small model.
     *
     * @param seed says which, the same at every call
     */
    public static Tensor dropout(Tensor x, double p, long seed) {
        return p == 0 ? x : x.mul(DropoutMask.of(x.dtype(), p, seed, x.shape()));
    }

    /** softmax(q kᵀ · scale) v by libtorch's fused kernel; q: (B, H, T, D), k and v: (B, H, S, D), each query sees all keys. */
    public static Tensor scaledDotProductAttention(Tensor q, Tensor k, Tensor v, double scale) {
        return NativeCall.call("attention", () -> {
            try (var none = new TensorOptional(); var by = new DoubleOptional(scale)) {
                return torch.scaled_dot_product_attention(q.pointer(), k.pointer(), v.pointer(), none, 0, false, by, false);
            }
        }, q, k, v);
    }

    /** The same with numbers added to the scores; mask: (T, S), or of a shape that broadcasts to (B, H, T, S). */
    public static Tensor scaledDotProductAttention(Tensor q, Tensor k, Tensor v, Tensor mask, double scale) {
        return NativeCall.call("attention", () -> {
            try (var bias = NativeCall.optional(mask); var by = new DoubleOptional(scale)) {
                return torch.scaled_dot_product_attention(q.pointer(), k.pointer(), v.pointer(), bias, 0, false, by, false);
            }
        }, q, k, v, mask);
    }
}
