package dev.parley.data.dedup;

import dev.parley.data.text.WordIndex;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * MinHash signatures (Broder 1997, doi:10.1109/SEQUEN.1997.666900): for each of 128 orders of all shingles, the first that the document
 * has. Two documents agree in a place with the probability of their Jaccard similarity. A shingle is five words in a row, or five
 * characters of a script without spaces.
 *
 * <pre>{@code
 * double similarity = MinHash.similarity(MinHash.signature(words), MinHash.signature(otherWords));
 * }</pre>
 */
public final class MinHash {

    /** Orders, and so numbers of a signature. */
    public static final int PERMUTATIONS = 128;
    /** Words of a shingle. */
    public static final int SHINGLE = 5;

    // x -> a x + b modulo 2^32 with an odd a is one-to-one; shingles come as hashes, and so spread evenly already.
    private static final int[] A = new SplittableRandom(0x4D696E48617368L).ints(PERMUTATIONS).map(a -> a | 1).toArray();
    private static final int[] B = new SplittableRandom(0x42726F646572L).ints(PERMUTATIONS).toArray();

    private MinHash() {}

    /** The signature of a document; one with fewer words than a shingle has is one shingle. */
    public static int[] signature(WordIndex words) {
        var least = new int[PERMUTATIONS];
        Arrays.fill(least, Integer.MAX_VALUE);
        var length = Math.min(SHINGLE, words.count());
        for (int i = 0; i + length <= words.count() && length > 0; i++) lower(least, (int) (words.hash(i, length) >>> 32));
        return least;
    }

    /** C2 makes vectors of it. */
    private static void lower(int[] least, int shingle) {
        for (int k = 0; k < PERMUTATIONS; k++) least[k] = Math.min(least[k], A[k] * shingle + B[k]);
    }

    /** The estimated Jaccard similarity of two documents; its standard error is at most 0.045. */
    public static double similarity(int[] one, int[] other) {
        var equal = 0;
        for (int k = 0; k < PERMUTATIONS; k++) if (one[k] == other[k]) equal++;
        return (double) equal / PERMUTATIONS;
    }
}
