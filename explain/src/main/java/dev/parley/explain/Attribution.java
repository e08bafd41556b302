package dev.parley.explain;

import java.util.List;
import java.util.Optional;

/**
 * How much each token of the text speaks for each explained token, by one method.
 *
 * @param method whose scores these are
 * @param scores for each explained token, of each token before it; in nats where the method has a unit
 * @param completeness of integrated gradients
 * @param faithfulness of the scores, if that was asked for
 */
public record Attribution(Analysis method, List<double[]> scores, Optional<Completeness> completeness,
        Optional<Faithfulness> faithfulness) {

    static Attribution of(Analysis method, List<double[]> scores) {
        return new Attribution(method, scores, Optional.empty(), Optional.empty());
    }

    Attribution with(Completeness completeness) {
        return new Attribution(method, scores, Optional.of(completeness), faithfulness);
    }

    Attribution with(Faithfulness faithfulness) {
        return new Attribution(method, scores, completeness, Optional.of(faithfulness));
    }

    /** The scores of all explained tokens together, of each token before the last of them. */
    public double[] total() {
        var total = new double[scores.getLast().length];
        for (var row : scores) {
            for (int i = 0; i < row.length; i++) total[i] += row[i];
        }
        return total;
    }
}
