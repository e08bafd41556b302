package dev.parley.torch;

import dev.parley.kernels.DType;
import dev.parley.tensor.NoGrad;
import dev.parley.tensor.Scope;
import dev.parley.tensor.Tensor;

/**
 * Weights in bfloat16, as products read them: made when they are first asked for, and again where the weights have changed since.
 * Several threads may ask.
 */
final class ComputeCopy {

    private Tensor copy;
    private Tensor source; // what it was made of
    private long version; // of that

    boolean exists() {
        return copy != null;
    }

    synchronized Tensor of(Tensor weights) {
        if (copy != null && source == weights && version == weights.version()) return copy;
        try (var noGrad = NoGrad.open()) {
            source = weights;
            version = weights.version();
            copy = copy == null ? Scope.detach(weights.to(DType.BFLOAT16).contiguous()) : copy.copyInPlace(weights);
            return copy;
        }
    }

    void close() {
        if (copy != null) copy.close();
        copy = null;
        source = null;
    }
}
