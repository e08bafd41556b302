package dev.parley.torch;

import dev.parley.kernels.DType;
import dev.parley.kernels.WarmUp;
import dev.parley.kernels.machine.ThreadTeam;
import dev.parley.kernels.vectors.LogSumExp;
import dev.parley.model.TokenTree;
import dev.parley.tensor.Scope;
import dev.parley.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * How likely the targets of a {@link TokenTree} are. All places meet a piece of the vocabulary at a time, so that the scores stay in the
 * processor's caches and each piece of the head is arranged for the product once; of the scores remain, for each place, the highest and
 * the logarithm of the sum of all, and the targets' own.
 */
final class TreeTargets {

    /** Tokens of the vocabulary. With 4,096 the product took a sixth longer: rows a power of two apart share lines of the caches. */
    private static final int PIECE = 2576;

    private final TokenTree tree;
    private final int[] places; // in ascending order
    private final int[] firstTarget; // of each place; those of the next follow
    private final float[] highest;
    private final double[] logSums; // ln of the sum of e^score
    private final float[] own; // the targets' scores

    private TreeTargets(TokenTree tree) {
        this.tree = tree;
        places = Arrays.stream(tree.at()).distinct().toArray();
        firstTarget = new int[places.length + 1];
        for (int p = 0, t = 0; p <= places.length; p++) {
            while (t < tree.at().length && (p == places.length || tree.at()[t] < places[p])) t++;
            firstTarget[p] = t;
        }
        highest = new float[places.length];
        logSums = new double[places.length];
        Arrays.fill(highest, Float.NEGATIVE_INFINITY);
        Arrays.fill(logSums, Double.NEGATIVE_INFINITY);
        own = new float[tree.at().length];
    }

    /**
     * The likelihoods.
     *
     * @param hidden of every token of the tree, (N, C)
     * @param head in the type that it is kept in
     */
    static TokenTree.Scores scores(Tensor hidden, Head head, TokenTree tree) {
        WarmUp.start();
        var targets = new TreeTargets(tree);
        if (targets.places.length > 0) targets.read(hidden, head);
        return targets.scores();
    }

    private void read(Tensor hidden, Head head) {
        var rows = places.length == hidden.size(0) ? hidden : hidden.indexSelect(0, Tensor.ofInts(places, places.length)); // (n, C)
        rows = head.rule().scaled(rows);
        var matrix = head.weight().value(); // (V, C)
        var vocabulary = matrix.size(0);
        for (long from = 0; from < vocabulary; from += PIECE) {
            try (var scope = Scope.open()) {
                var piece = matrix.narrow(0, from, Math.min(PIECE, vocabulary - from)).to(rows.dtype());
                var scores = head.rule().bounded(rows.matmul(piece.transpose(0, 1)).to(DType.FLOAT32));
                note(scores.contiguous().memory(), (int) from, (int) piece.size(0));
            }
        }
    }

    /** @param scores (n, size): of the tokens from {@code from} on, at each place */
    private void note(MemorySegment scores, int from, int size) {
        ThreadTeam.shared().run(member -> {
            var row = new float[size];
            ThreadTeam.shared().share(places.length, p -> {
                MemorySegment.copy(scores, ValueLayout.JAVA_FLOAT, 4L * p * size, row, 0, size);
                note(p, row, from);
            });
        });
    }

    private void note(int place, float[] row, int from) {
        var most = LogSumExp.highest(row, row.length);
        highest[place] = Math.max(highest[place], most);
        logSums[place] = logOfSum(logSums[place], LogSumExp.of(row, row.length, most));
        for (int t = firstTarget[place]; t < firstTarget[place + 1]; t++) {
            var token = tree.targets()[t] - from;
            if (token >= 0 && token < row.length) own[t] = row[token];
        }
    }

    /** ln(e^a + e^b). */
    private static double logOfSum(double a, double b) {
        var larger = Math.max(a, b);
        return larger + Math.log1p(Math.exp(Math.min(a, b) - larger));
    }

    private TokenTree.Scores scores() {
        var logprobs = new double[own.length];
        var likeliest = new boolean[own.length];
        for (int p = 0; p < places.length; p++) {
            for (int t = firstTarget[p]; t < firstTarget[p + 1]; t++) {
                logprobs[t] = own[t] - logSums[p];
                likeliest[t] = own[t] >= highest[p];
            }
        }
        return new TokenTree.Scores(logprobs, likeliest);
    }
}
