package dev.parley.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** The functions between the two layers of an MLP, and the exponential that they and the softmax need. */
public final class Activations {

    private static final float LOG2_E = 1.44269504f;
    private static final float LN2_HIGH = 0.693359375f; // few bits, so that its products with whole numbers are exact
    private static final float LN2_LOW = -2.12194440e-4f;
    private static final float ROUND = 12582912f; // 1.5 · 2^23: adding it rounds to a whole number
    private static final float SQRT_2_OVER_PI = 0.7978845608f;

    private Activations() {}

    /**
     * e^x, to within two units of the last place: x = n ln 2 + r, 2^n by the exponent's bits, e^r by a polynomial whose
     * coefficients are those of Cephes' expf (Moshier). Below -87 it is 0 nearly enough; above 88, e^88.
     */
    static FloatVector exp(FloatVector x) {
        x = x.max(-87.3f).min(88f);
        var shifted = x.fma(FloatVector.broadcast(Lanes.FLOATS, LOG2_E), FloatVector.broadcast(Lanes.FLOATS, ROUND));
        var n = shifted.sub(ROUND);
        var r = n.fma(FloatVector.broadcast(Lanes.FLOATS, -LN2_HIGH), x);
        r = n.fma(FloatVector.broadcast(Lanes.FLOATS, -LN2_LOW), r);
        var p = FloatVector.broadcast(Lanes.FLOATS, 1.9875691500e-4f);
        p = p.fma(r, FloatVector.broadcast(Lanes.FLOATS, 1.3981999507e-3f));
        p = p.fma(r, FloatVector.broadcast(Lanes.FLOATS, 8.3334519073e-3f));
        p = p.fma(r, FloatVector.broadcast(Lanes.FLOATS, 4.1665795894e-2f));
        p = p.fma(r, FloatVector.broadcast(Lanes.FLOATS, 1.6666665459e-1f));
        p = p.fma(r, FloatVector.broadcast(Lanes.FLOATS, 5.0000001201e-1f));
        p = p.fma(r.mul(r), r).add(1f);
        var exponent = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
        return p.reinterpretAsInts().add(exponent).reinterpretAsFloats();
    }

    /** The same of one number, to the last bit. */
    static float exp(float x) {
        x = Math.min(Math.max(x, -87.3f), 88f);
        var shifted = Math.fma(x, LOG2_E, ROUND);
        var n = shifted - ROUND;
        var r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, x));
        var p = 1.9875691500e-4f;
        p = Math.fma(p, r, 1.3981999507e-3f);
        p = Math.fma(p, r, 8.3334519073e-3f);
        p = Math.fma(p, r, 4.1665795894e-2f);
        p = Math.fma(p, r, 1.6666665459e-1f);
        p = Math.fma(p, r, 5.0000001201e-1f);
        p = Math.fma(p, r * r, r) + 1;
        return Float.intBitsToFloat(Float.floatToRawIntBits(p) + (Float.floatToRawIntBits(shifted) << 23));
    }

    /** GPT-2's gelu in place: x/2 (1 + tanh(u)) = x / (1 + e^(-2u)), u = sqrt(2/π) (x + 0.044715 x³); Hendrycks and Gimpel 2016 (arXiv:1606.08415). */
    public static void geluNew(float[] x, int at, int n) {
        geluNew(x, at, n, WarmUp.isDone());
    }

    static void geluNew(float[] x, int at, int n, boolean byVectors) {
        var i = 0;
        for (; byVectors && i <= n - Lanes.COUNT; i += Lanes.COUNT) {
            var v = FloatVector.fromArray(Lanes.FLOATS, x, at + i);
            var u = v.mul(v).fma(FloatVector.broadcast(Lanes.FLOATS, 0.044715f), FloatVector.broadcast(Lanes.FLOATS, 1f)).mul(v).mul(-2 * SQRT_2_OVER_PI);
            v.div(exp(u).add(1f)).intoArray(x, at + i);
        }
        for (; i < n; i++) {
            var v = x[at + i];
            x[at + i] = v / (exp(Math.fma(v * v, 0.044715f, 1f) * v * (-2 * SQRT_2_OVER_PI)) + 1);
        }
    }

    /** silu(gate) · up into gate, Shazeer 2020 (arXiv:2002.05202): the gated MLP of the Llama family. */
    public static void siluTimes(float[] gate, int gateAt, float[] up, int upAt, int n) {
        siluTimes(gate, gateAt, up, upAt, n, WarmUp.isDone());
    }

    static void siluTimes(float[] gate, int gateAt, float[] up, int upAt, int n, boolean byVectors) {
        var i = 0;
        for (; byVectors && i <= n - Lanes.COUNT; i += Lanes.COUNT) {
            var v = FloatVector.fromArray(Lanes.FLOATS, gate, gateAt + i);
            v.mul(FloatVector.fromArray(Lanes.FLOATS, up, upAt + i)).div(exp(v.neg()).add(1f)).intoArray(gate, gateAt + i);
        }
        for (; i < n; i++) {
            var v = gate[gateAt + i];
            gate[gateAt + i] = v * up[upAt + i] / (exp(-v) + 1);
        }
    }
}
