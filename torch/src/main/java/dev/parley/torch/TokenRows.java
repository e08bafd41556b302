package dev.parley.torch;

import dev.parley.kernels.DType;
import dev.parley.tensor.NoGrad;
import dev.parley.tensor.Scope;
import dev.parley.tensor.Tensor;

/**
 * Tables with a row for each token that are to have more rows, or fewer. New rows are drawn from a normal distribution about the mean of
 * the old ones, with their covariance made very small, as transformers draws them: the new tokens are then as likely as the average one, so
 * that the likelihoods of all others change by little (Hewitt 2021, "Initializing new word embeddings for pretrained language models").
 */
final class TokenRows {

    private static final double OF_COVARIANCE = 1e-9;

    private TokenRows() {}

    /** A table of so many rows, drawn from the generator where they are new. @param table (V, C), float32 */
    static Tensor resized(Tensor table, long rows) {
        try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
            long old = table.size(0), kept = Math.min(old, rows);
            var resized = Tensor.empty(DType.FLOAT32, rows, table.size(1));
            resized.narrow(0, 0, kept).copyInPlace(table.narrow(0, 0, kept));
            if (rows > old) resized.narrow(0, old, rows - old).copyInPlace(drawn(table, rows - old));
            return scope.keep(resized);
        }
    }

    /** Rows with the mean of a table's and the covariance of G (rows - mean) / √V, where G is standard normal: that of the rows. */
    private static Tensor drawn(Tensor table, long count) {
        long old = table.size(0);
        var mean = table.sum(0).mul(1.0 / old).unsqueeze(0); // (1, C)
        var normal = Tensor.empty(DType.FLOAT32, count, old).normalInPlace(0, Math.sqrt(OF_COVARIANCE / old));
        return normal.matmul(table.sub(mean)).add(mean); // (count, C)
    }
}
