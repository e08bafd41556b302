package dev.parley.train.optimizer;

import dev.parley.tensor.Scope;
import dev.parley.tensor.Tensor;

/**
 * The polynomials that pull the singular values of a matrix towards 1: a step makes X to (a + b S + c S²) X with S = X Xᵀ, after
 * X was divided by its length.
 */
public enum NewtonSchulz {

    /** The same at each step, as steep at 0 as can be. Jordan et al. 2024, kellerjordan.github.io/posts/muon; 5 steps. */
    JORDAN("jordan", 1, new double[][] {{3.4445, -4.775, 2.0315}}),

    /**
     * For each step the one that does most after those before it: three do what five of Jordan's do.
     * Polar Express, Amsel et al. 2025 (arXiv:2505.16932), whose room for rounding is the length times 1.01.
     */
    POLAR_EXPRESS("polar_express", 1.01, new double[][] {{8.28721201814563, -23.595886519098837, 17.300387312530933},
        {4.107059111542203, -2.9478499167379106, 0.5448431082926601}, {3.9486908534822946, -2.908902115962949, 0.5518191394370137},
        {3.3184196573706015, -2.488488024314874, 0.51004894012372}, {2.300652019954817, -1.6689039845747493, 0.4188073119525673},
        {1.891301407787398, -1.2679958271945868, 0.37680408948524835}, {1.875, -1.25, 0.375}});

    private static final int WIDE = 2; // from this ratio on the detour over X Xᵀ is shorter

    private final String label;
    private final double room;
    private final double[][] coefficients; // of each step; the last goes on

    NewtonSchulz(String label, double room, double[][] coefficients) {
        this.label = label;
        this.room = room;
        this.coefficients = coefficients;
    }

    /** The name in a recipe. */
    public String label() {
        return label;
    }

    /**
     * Matrices whose singular values are all about 1.
     *
     * @param matrices (B, m, n), each for itself
     * @param steps of the iteration
     */
    public Tensor orthogonalized(Tensor matrices, int steps) {
        try (var scope = Scope.open()) {
            var tall = matrices.size(1) > matrices.size(2);
            var x = (tall ? matrices.transpose(1, 2) : matrices).contiguous(); // (B, m, n), the shorter side first
            x = x.mul(lengths(x).mul(room).add(1e-7).reciprocal());
            x = x.size(2) >= WIDE * x.size(1) ? byGram(x, steps) : byProducts(x, steps);
            return scope.keep(tall ? x.transpose(1, 2) : x);
        }
    }

    /** The length of each matrix: (B, m, n) to (B, 1, 1). */
    private static Tensor lengths(Tensor x) {
        return x.mul(x).sum(-1).sum(-1).sqrt().unsqueeze(-1).unsqueeze(-1);
    }

    private Tensor byProducts(Tensor x, int steps) { // x: (B, m, n)
        for (int i = 0; i < steps; i++) x = x.addProducts(polynomial(x.matmul(x.transpose(1, 2)), i), x, a(i), 1);
        return x;
    }

    /**
     * The same with fewer operations where the matrix is much wider than high. All factors are polynomials of the first S and
     * so commute: their product is gathered among (m, m) matrices, where S after a step is Q S Q, and meets X once, at the end.
     */
    private Tensor byGram(Tensor x, int steps) { // x: (B, m, n)
        var s = x.matmul(x.transpose(1, 2)); // (B, m, m)
        Tensor factors = null;
        for (int i = 0; i < steps; i++) {
            var p = polynomial(s, i); // Q = a + p
            factors = factors == null ? p.add(identity(x.size(1)).mul(a(i))) : factors.addProducts(p, factors, a(i), 1);
            if (i + 1 == steps) break;
            var qs = s.addProducts(p, s, a(i), 1); // Q S
            s = qs.addProducts(p, qs, a(i), 1); // Q S Q
        }
        return factors.matmul(x);
    }

    /** b S + c S². */
    private Tensor polynomial(Tensor s, int step) {
        return s.addProducts(s, s, of(step)[1], of(step)[2]);
    }

    private double a(int step) {
        return of(step)[0];
    }

    private double[] of(int step) {
        return coefficients[Math.min(step, coefficients.length - 1)];
    }

    private static Tensor identity(long size) {
        var n = (int) size;
        var ones = new float[n * n];
        for (int i = 0; i < n; i++) ones[i * (n + 1)] = 1;
        return Tensor.ofFloats(ones, n, n);
    }
}
