package dev.parley.generate.strategy;

import java.util.Arrays;

/** Guesses that a text goes on as it did where it last said the same: quick where an answer quotes its prompt. */
final class PromptLookup implements Speculation.Draft {

    private static final int LONGEST_MATCH = 3;

    /** What followed the last place where the text's end stood before: the longest end of three tokens or fewer. */
    @Override
    public int[] guess(int[] ids, int most) {
        for (int n = Math.min(LONGEST_MATCH, ids.length - 1); n > 0; n--) {
            for (int at = ids.length - n - 1; at >= 0; at--) {
                if (Arrays.equals(ids, at, at + n, ids, ids.length - n, ids.length)) {
                    return Arrays.copyOfRange(ids, at + n, Math.min(at + n + Math.max(0, most), ids.length));
                }
            }
        }
        return new int[0];
    }
}
