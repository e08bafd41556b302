package dev.parley.kernels.vectors;

/** Rotary position embeddings, Su et al. 2021 (arXiv:2104.09864), in Hugging Face's order: pairs are half a head apart. */
public final class Rotary {

    private Rotary() {}

    /**
     * Rotates one head in place: each pair (x[i], x[i + n/2]) by the angle whose cosine and sine are given.
     *
     * @param x holds the head from {@code at} on
     * @param n numbers to rotate, an even number; a head may have more, which stay as they are
     * @param cos n/2 cosines from {@code tableAt} on
     * @param sin n/2 sines from {@code tableAt} on
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
