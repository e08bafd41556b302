package dev.parley.torch;

import dev.parley.tensor.Functional;
import dev.parley.tensor.Tensor;

/**
 * Two small matrices beside a large one, whose product is added to it: Hu et al. 2021 (arXiv:2106.09685), section 4.1.
 *
 * @param a (r, in)
 * @param b (out, r)
 * @param scale of their share
 * @param dropout of what A reads, in training
 */
record LowRankPair(Parameter a, Parameter b, double scale, double dropout) {

    /** y + (dropout(x) Aᵀ) Bᵀ · scale. x: (N, in); y and the result: (N, out). */
    Tensor addedTo(Tensor y, Tensor x, ForwardContext pass) {
        var type = pass.computeType();
        var read = pass.dropouts().drop(x, dropout);
        var inner = read.matmul(a.in(type).transpose(0, 1)).mul(scale); // (N, r)
        return Functional.affine(inner, b.in(type).transpose(0, 1), y);
    }

    /** The same matrices, with gradients of their own. */
    LowRankPair shared() {
        return new LowRankPair(a.shared(), b.shared(), scale, dropout);
    }

    void close() {
        a.close();
        b.close();
    }
}
