package dev.parley.torch;

import dev.parley.kernels.DType;
import dev.parley.kernels.WarmUp;
import dev.parley.kernels.vectors.LogSumExp;
import dev.parley.kernels.vectors.ScoreRow;
import dev.parley.model.TokenTree;
import dev.parley.tensor.Scope;
import dev.parley.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;

/** How likely the targets of a {@link TokenTree} are: the scores of some places at a time, of which the targets' own are kept. */
final class TreeTargets {

    private static final int ROWS = 256; // 25 MB of scores in bfloat16 with a vocabulary of 50,000

    private final Head head;
    private final DType computeType;
    private final TokenTree tree;
    private final double[] logprobs;
    private final boolean[] likeliest;

    TreeTargets(Head head, DType computeType, TokenTree tree) {
        this.head = head;
        this.computeType = computeType;
        this.tree = tree;
        logprobs = new double[tree.at().length];
        likeliest = new boolean[logprobs.length];
    }

    /** @param hidden of every token of the tree, (N, C) */
    TokenTree.Scores scores(Tensor hidden) {
        var places = Arrays.stream(tree.at()).distinct().toArray();
        for (int from = 0, target = 0; from < places.length; from += ROWS) {
            var some = Arrays.copyOfRange(places, from, Math.min(places.length, from + ROWS));
            var end = target;
            while (end < tree.at().length && tree.at()[end] <= some[some.length - 1]) end++;
            try (var scope = Scope.open()) {
                note(head.scores(hidden.indexSelect(0, Tensor.ofInts(some, some.length)), computeType), some, target, end); // (n, V)
            }
            target = end;
        }
        return new TokenTree.Scores(logprobs, likeliest);
    }

    private void note(Tensor scores, int[] places, int first, int end) {
        WarmUp.start();
        var vocabulary = (int) scores.size(1);
        if (scores.dtype() == DType.BFLOAT16) noteNarrow(scores, vocabulary, places, first, end);
        else noteWide(scores.toFloats(), vocabulary, places, first, end);
    }

    private void noteNarrow(Tensor scores, int vocabulary, int[] places, int first, int end) {
        var memory = scores.contiguous().memory();
        var highest = scores.max(-1).to(DType.FLOAT32).toFloats();
        var flat = IntStream.range(first, end).map(t -> row(places, t) * vocabulary + tree.targets()[t]).toArray();
        var own = scores.view(-1).indexSelect(0, Tensor.ofInts(flat, flat.length)).to(DType.FLOAT32).toFloats();
        IntStream.range(first, end).parallel().forEach(t -> {
            var row = row(places, t);
            logprobs[t] = -ScoreRow.loss(memory, (long) row * vocabulary, vocabulary, tree.targets()[t], new float[vocabulary]);
            likeliest[t] = own[t - first] >= highest[row];
        });
    }

    private void noteWide(float[] scores, int vocabulary, int[] places, int first, int end) {
        IntStream.range(first, end).parallel().forEach(t -> {
            var row = row(places, t);
            var ofRow = Arrays.copyOfRange(scores, row * vocabulary, (row + 1) * vocabulary);
            var highest = LogSumExp.highest(ofRow, vocabulary);
            var own = ofRow[tree.targets()[t]];
            logprobs[t] = own - LogSumExp.of(ofRow, vocabulary, highest);
            likeliest[t] = own >= highest;
        });
    }

    private int row(int[] places, int target) {
        return Arrays.binarySearch(places, tree.at()[target]);
    }
}
