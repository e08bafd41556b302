package dev.parley.torch;

import dev.parley.kernels.DType;
import dev.parley.model.ModelConfig;
import dev.parley.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds what the tokens before each token of a pass have: those of its own text, whatever else stands in its row.
 *
 * @param within for each number of places back, from 1 on, 1 where a token has one so many places before it in its text and 0 where not,
 *         (B, T, 1); empty where each row is one text
 * @param above for each number of places back the number from 1 of that token among those of a tree, 0 for none, (N); empty in rows
 */
record Lookback(List<Tensor> within, List<Tensor> above) {

    /** @param positions of each token in its text, (B · T) */
    static Lookback ofRows(ModelConfig config, long[] positions, int rows, DType type) {
        var within = new ArrayList<Tensor>();
        if (beginsAnew(positions, positions.length / rows)) {
            for (int back = 1; back < mostConvolved(config); back++) {
                var has = new float[positions.length];
                for (int t = 0; t < has.length; t++) has[t] = positions[t] >= back ? 1 : 0;
                within.add(Tensor.ofFloats(has, rows, positions.length / rows, 1).to(type));
            }
        }
        return new Lookback(within, List.of());
    }

    /** @param parents of each token the place of the one before it in its text, -1 where there is none */
    static Lookback ofTree(ModelConfig config, int[] parents) {
        var above = new ArrayList<Tensor>();
        var numbers = new int[parents.length];
        for (int t = 0; t < parents.length; t++) numbers[t] = t + 1;
        for (int back = 1; back < mostConvolved(config); back++) {
            for (int t = 0; t < numbers.length; t++) numbers[t] = numbers[t] == 0 ? 0 : parents[numbers[t] - 1] + 1;
            above.add(Tensor.ofInts(numbers, numbers.length));
        }
        return new Lookback(List.of(), above);
    }

    private static int mostConvolved(ModelConfig config) {
        return config.layers().stream().mapToInt(ModelConfig.Layer::convolved).max().orElse(0);
    }

    private static boolean beginsAnew(long[] positions, int tokens) {
        for (int t = 0; t < positions.length; t++) if (t % tokens > 0 && positions[t] != positions[t - 1] + 1) return true;
        return false;
    }

    /**
     * What the token has that stands some places before each; zeros where there is none.
     *
     * @param all of the tokens in the cache and those of the pass, (B, S, C)
     * @param tokens of the pass, T
     * @return (B, T, C)
     */
    Tensor of(Tensor all, long tokens, int back) {
        if (back == 0) return all.narrow(1, all.size(1) - tokens, tokens);
        if (!above.isEmpty()) return Tensor.cat(1, zeros(all, 1), all).indexSelect(1, above.get(back - 1));
        var first = all.size(1) - tokens - back; // of those that are there
        var shifted = first >= 0 ? all.narrow(1, first, tokens)
                : tokens <= -first ? zeros(all, tokens) : Tensor.cat(1, zeros(all, -first), all.narrow(1, 0, tokens + first));
        return within.isEmpty() ? shifted : shifted.mul(within.get(back - 1));
    }

    private static Tensor zeros(Tensor like, long tokens) {
        return Tensor.zeros(like.dtype(), like.size(0), tokens, like.size(2));
    }
}
