package dev.parley.kernels.vectors;

import static dev.parley.kernels.vectors.VectorShape.FLOATS;
import static dev.parley.kernels.vectors.VectorShape.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** The functions between the two layers of an MLP, and the exponential that they and the softmax need. */
public final class Activations {

    private static final float LOG2_E = 1.44269504f;
    private static final float LN2_HIGH = 0.693359375f; // few bits, so that its products with whole numbers are exact
    private static final float LN2_LOW = -2.12194440e-4f;
    private static final float ROUND = 12582912f; // 1.5 · 2^23: adding it rounds to a whole number
    private static final float SQRT_2_OVER_PI = 0.7978845608f;
    private static final float SQRT_HALF = 0.70710678f;

    // Vectors made once: each made in a loop counts towards what the compiler inlines at most.
    private static final FloatVector LEAST = all(-87.3f);
    private static final FloatVector MOST = all(88f);
    private static final FloatVector PER_LN2 = all(LOG2_E);
    private static final FloatVector ROUNDING = all(ROUND);
    private static final FloatVector MINUS_LN2_HIGH = all(-LN2_HIGH);
    private static final FloatVector MINUS_LN2_LOW = all(-LN2_LOW);
    private static final FloatVector P0 = all(1.9875691500e-4f);
    private static final FloatVector P1 = all(1.3981999507e-3f);
    private static final FloatVector P2 = all(8.3334519073e-3f);
    private static final FloatVector P3 = all(4.1665795894e-2f);
    private static final FloatVector P4 = all(1.6666665459e-1f);
    private static final FloatVector P5 = all(5.0000001201e-1f);
    private static final FloatVector ONE = all(1f);
    private static final FloatVector GELU_CUBE = all(0.044715f);
    private static final FloatVector GELU_SCALE = all(-2 * SQRT_2_OVER_PI);

    private Activations() {}

    private static FloatVector all(float value) {
        return FloatVector.broadcast(FLOATS, value);
    }

    /**
     * e^x, to within two units of the last place: x = n ln 2 + r, 2^n by the exponent's bits, e^r by a polynomial whose
     * coefficients are those of Cephes' expf (Moshier). Below -87 it is 0 nearly enough; above 88, e^88.
     */
    public static FloatVector exp(FloatVector x) {
        x = x.max(LEAST).min(MOST);
        var shifted = x.fma(PER_LN2, ROUNDING);
        var n = shifted.sub(ROUNDING);
        var r = n.fma(MINUS_LN2_HIGH, x);
        r = n.fma(MINUS_LN2_LOW, r);
        var p = P0.fma(r, P1).fma(r, P2).fma(r, P3).fma(r, P4).fma(r, P5);
        p = p.fma(r.mul(r), r).add(ONE);
        var exponent = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
        return p.reinterpretAsInts().add(exponent).reinterpretAsFloats();
    }

    /** The same of one number, to the last bit. */
    public static float exp(float x) {
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

    /**
     * GPT-2's gelu in place: x/2 (1 + tanh(u)) = x / (1 + e^(-2u)), u = sqrt(2/π) (x + 0.044715 x³); Hendrycks and Gimpel 2016
     * (arXiv:1606.08415).
     */
    public static void geluNew(float[] x, int at, int n) {
        geluNew(x, at, n, VectorKernels.areReady());
    }

    static void geluNew(float[] x, int at, int n, boolean byVectors) {
        for (var i = byVectors ? geluByVectors(x, at, n) : 0; i < n; i++) {
            var v = x[at + i];
            x[at + i] = v / (exp(Math.fma(v * v, 0.044715f, 1f) * v * (-2 * SQRT_2_OVER_PI)) + 1);
        }
    }

    /** Of as many as fill vectors: apart, so that the compiler sees how often it runs and not how often the other did. @return how many */
    private static int geluByVectors(float[] x, int at, int n) {
        var i = 0;
        for (; i <= n - LANES; i += LANES) {
            var v = FloatVector.fromArray(FLOATS, x, at + i);
            var u = v.mul(v).fma(GELU_CUBE, ONE).mul(v).mul(GELU_SCALE);
            v.div(exp(u).add(ONE)).intoArray(x, at + i);
        }
        return i;
    }

    /**
     * gelu with the error function, in place: x/2 (1 + erf(x / √2)); Hendrycks and Gimpel 2016. The error function is 7.1.26 of Abramowitz
     * and Stegun 1964, within 1.5e-7.
     */
    public static void geluErf(float[] x, int at, int n) {
        for (int i = at; i < at + n; i++) {
            float v = x[i], z = Math.abs(v) * SQRT_HALF, t = 1 / Math.fma(z, 0.3275911f, 1f);
            var p = 1.061405429f;
            p = Math.fma(p, t, -1.453152027f);
            p = Math.fma(p, t, 1.421413741f);
            p = Math.fma(p, t, -0.284496736f);
            p = Math.fma(p, t, 0.254829592f);
            var tail = p * t * exp(-z * z); // 1 - erf(z)
            x[i] = v * (v < 0 ? tail : 2 - tail) / 2;
        }
    }

    /** gelu(gate) · up into gate, with gelu's approximation by tanh: the gated MLP of Gemma. */
    public static void geluTimes(float[] gate, int gateAt, float[] up, int upAt, int n) {
        geluNew(gate, gateAt, n);
        for (int i = 0; i < n; i++) gate[gateAt + i] *= up[upAt + i];
    }

    /** Bounds numbers: cap · tanh(x / cap), in place. */
    public static void softcap(float[] x, int at, int n, float cap) {
        var perCap = 2 / cap;
        for (var i = VectorKernels.areReady() ? softcapByVectors(x, at, n, cap, perCap) : 0; i < n; i++)
            x[at + i] = cap - 2 * cap / (exp(x[at + i] * perCap) + 1);
    }

    private static int softcapByVectors(float[] x, int at, int n, float cap, float perCap) {
        FloatVector caps = all(cap), twice = all(2 * cap);
        var i = 0;
        for (; i <= n - LANES; i += LANES) {
            var e = exp(FloatVector.fromArray(FLOATS, x, at + i).mul(perCap)).add(ONE);
            caps.sub(twice.div(e)).intoArray(x, at + i);
        }
        return i;
    }

    /** silu(gate) · up into gate, Shazeer 2020 (arXiv:2002.05202): the gated MLP of the Llama family. */
    public static void siluTimes(float[] gate, int gateAt, float[] up, int upAt, int n) {
        siluTimes(gate, gateAt, up, upAt, n, VectorKernels.areReady());
    }

    static void siluTimes(float[] gate, int gateAt, float[] up, int upAt, int n, boolean byVectors) {
        for (var i = byVectors ? siluByVectors(gate, gateAt, up, upAt, n) : 0; i < n; i++) {
            var v = gate[gateAt + i];
            gate[gateAt + i] = v * up[upAt + i] / (exp(-v) + 1);
        }
    }

    private static int siluByVectors(float[] gate, int gateAt, float[] up, int upAt, int n) {
        var i = 0;
        for (; i <= n - LANES; i += LANES) {
            var v = FloatVector.fromArray(FLOATS, gate, gateAt + i);
            v.mul(FloatVector.fromArray(FLOATS, up, upAt + i)).div(exp(v.neg()).add(ONE)).intoArray(gate, gateAt + i);
        }
        return i;
    }

    /** What {@link #clampedSwiglu} multiplies the gate by within the sigmoid. */
    public static final float SWIGLU_ALPHA = 1.702f;

    /** Bound of both inputs of {@link #clampedSwiglu}. */
    public static final float SWIGLU_LIMIT = 7;

    /**
     * g · sigmoid(1.702 g) · (u + 1) into gate, of g = min(gate, 7) and u = up within ±7: the gated MLP of GPT-OSS (OpenAI 2025,
     * arXiv:2508.10925).
     */
    public static void clampedSwiglu(float[] gate, int gateAt, float[] up, int upAt, int n) {
        for (var i = VectorKernels.areReady() ? clampedByVectors(gate, gateAt, up, upAt, n) : 0; i < n; i++) {
            float g = Math.min(gate[gateAt + i], SWIGLU_LIMIT), u = Math.clamp(up[upAt + i], -SWIGLU_LIMIT, SWIGLU_LIMIT);
            gate[gateAt + i] = g * (u + 1) / (exp(g * -SWIGLU_ALPHA) + 1);
        }
    }

    private static int clampedByVectors(float[] gate, int gateAt, float[] up, int upAt, int n) {
        var i = 0;
        for (; i <= n - LANES; i += LANES) {
            var g = FloatVector.fromArray(FLOATS, gate, gateAt + i).min(SWIGLU_LIMIT);
            var u = FloatVector.fromArray(FLOATS, up, upAt + i).min(SWIGLU_LIMIT).max(-SWIGLU_LIMIT);
            g.mul(u.add(ONE)).div(exp(g.mul(-SWIGLU_ALPHA)).add(ONE)).intoArray(gate, gateAt + i);
        }
        return i;
    }

    /** Adds numbers to others; the two must not overlap. */
    public static void add(float[] into, int at, float[] more, int moreAt, int n) {
        for (var i = VectorKernels.areReady() ? addByVectors(into, at, more, moreAt, n) : 0; i < n; i++) into[at + i] += more[moreAt + i];
    }

    /** The compiler cannot know that the arrays are two, and would take number by number. */
    private static int addByVectors(float[] into, int at, float[] more, int moreAt, int n) {
        var i = 0;
        for (; i <= n - LANES; i += LANES) {
            FloatVector.fromArray(FLOATS, into, at + i).add(FloatVector.fromArray(FLOATS, more, moreAt + i)).intoArray(into, at + i);
        }
        return i;
    }
}
