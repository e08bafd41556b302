package dev.parley.kernels.vectors;

/** Rotary positions, Su et al. 2021 (arXiv:2104.09864), in the half-and-half order of Hugging Face's Llama. */
public final class Rotary {

    private Rotary() {}

    /**
     * Turns one head in place: the pairs (x[i], x[i + n/2]) by the angles whose cosines and sines are given.
     *
     * @param n numbers that are turned; even
     * @param cos n/2 cosines at {@code tableAt}
     */
    public static void rotate(float[] x, int at, int n, float[] cos, float[] sin, int tableAt) {
        var half = n / 2;
        for (int i = 0; i < half; i++) {
            float a = x[at + i], b = x[at + half + i], c = cos[tableAt + i], s = sin[tableAt + i];
            x[at + i] = a * c - b * s;
            x[at + half + i] = b * c + a * s;
        }
    }
}
