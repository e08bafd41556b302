package dev.parley.eval.scoring;

import java.util.Arrays;
import java.util.List;

/**
 * A text to be scored.
 *
 * @param index of its continuation in the list that was asked
 * @param ids of the whole text, of which all but the last are read
 * @param start place of the first token whose next one is wanted
 */
record ScoredRow(int index, int[] ids, int start, double[] logprobs, boolean[] likeliest) {

    /**
     * Texts in the order of their tokens, so that those that begin alike lie side by side.
     *
     * @param context tokens that are read at most
     */
    static ScoredRow[] sorted(List<Continuation> asked, int context) {
        var rows = new ScoredRow[asked.size()];
        for (int i = 0; i < rows.length; i++) rows[i] = of(i, asked.get(i), context);
        Arrays.sort(rows, (a, b) -> Arrays.compare(a.ids, 0, a.read(), b.ids, 0, b.read()));
        return rows;
    }

    private static ScoredRow of(int index, Continuation asked, int context) {
        var n = asked.ids().length;
        if (n > context)
            throw new IllegalArgumentException("A continuation has " + n + " tokens, and the model reads " + context + " at most.");
        var all = Arrays.copyOf(asked.context(), asked.context().length + n);
        System.arraycopy(asked.ids(), 0, all, asked.context().length, n);
        if (all.length > context + 1) all = Arrays.copyOfRange(all, all.length - context - 1, all.length);
        return new ScoredRow(index, all, all.length - 1 - n, new double[n], new boolean[n]);
    }

    /** Tokens that are read. */
    int read() {
        return ids.length - 1;
    }

    /** How many tokens two texts have in common at their beginning, and so all between them in the order. */
    int common(ScoredRow other) {
        var differ = Arrays.mismatch(ids, 0, read(), other.ids, 0, other.read());
        return differ < 0 ? read() : differ;
    }

    void set(int at, double logprob, boolean isLikeliest) {
        logprobs[at - start] = logprob;
        likeliest[at - start] = isLikeliest;
    }

    void tell(Scorer.Listener listener) {
        listener.onScored(index, new TokenScores(logprobs, likeliest));
    }
}
