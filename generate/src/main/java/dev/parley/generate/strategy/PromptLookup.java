package dev.parley.generate.strategy;

import java.util.Arrays;

/** Drafts what followed the last time the sequence said the same: fast where an answer quotes its prompt. */
final class PromptLookup implements Speculation.Drafter {

    private static final int LONGEST_MATCH = 3;

    /** What followed the last earlier occurrence of the sequence's last three tokens, or two, or one. */
    @Override
    public int[] draft(int[] ids, int most) {
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
