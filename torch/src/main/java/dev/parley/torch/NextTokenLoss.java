package dev.parley.torch;

import dev.parley.kernels.DType;
import dev.parley.kernels.WarmUp;
import dev.parley.kernels.vectors.FloatScoreRow;
import dev.parley.kernels.vectors.ScoreRow;
import dev.parley.model.ModelException;
import dev.parley.model.TrainingBatch;
import dev.parley.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * The sum of -ln p(next token) over the targets, and its gradient by hand. Autograd would keep the scores of every
 * token of the vocabulary several times in float32; here a chunk of rows exists at a time, once, in the compute type: with
 * p = softmax(scores), their gradient is p - onehot(target), which they become in their place, computed in float32 and rounded once
 * ({@link ScoreRow}, {@link FloatScoreRow}).
 */
final class NextTokenLoss {

    /** Scores in a chunk: 128 MiB in bfloat16. */
    private static final long CHUNK_SCORES = 1L << 26;

    private static final int ROWS_TOGETHER = 32;

    private final TargetScores targets;

    /**
     * The loss of a batch.
     *
     * @param head (V, C), of the compute type
     * @param rule of the scores
     * @throws ModelException if a label is no token of the vocabulary
     */
    NextTokenLoss(Tensor head, Head.Rule rule, TrainingBatch batch) {
        targets = new TargetScores(head, rule, batch, CHUNK_SCORES);
    }

    /**
     * -ln p of each target; gradients of the sum over the targets of weight times ln p flow into {@code hidden}, where it is recorded
     * for them, and into the head, where it is learned.
     *
     * @param hidden (B, T, C)
     * @param headParameter (V, C), the leaf whose gradient collects the head's part; empty for a head that stays as it is
     * @param weights one for each target
     */
    double[] backward(Tensor hidden, Optional<Tensor> headParameter, double[] weights) {
        var each = new double[targets.count()];
        var factors = DoubleStream.of(weights).map(weight -> -weight).toArray(); // of p - onehot
        targets.backward(hidden, headParameter, factors, (scores, start) -> {
            note(byRow(scores, start, true), each, start);
            return scores;
        });
        return each;
    }

    /** -ln p of each target, (N), float32, in the order of the positions. */
    Tensor each(Tensor hidden) {
        var each = new double[targets.count()];
        targets.read(hidden, (scores, start) -> note(byRow(scores, start, false), each, start));
        return Tensor.ofFloats(TargetScores.floats(each), each.length);
    }

    private static void note(double[] losses, double[] into, int start) {
        System.arraycopy(losses, 0, into, start, losses.length);
    }

    /**
     * -ln p of each target.
     *
     * @param scores (n, V), one after the other in memory
     * @param start target of the first row
     * @param gradients whether the scores become p - onehot
     */
    private double[] byRow(Tensor scores, int start, boolean gradients) {
        WarmUp.start();
        var vocabulary = (int) scores.size(1);
        var each = new double[(int) scores.size(0)];
        var memory = scores.memory();
        var kernel = kernel(scores.dtype(), gradients);
        IntStream.range(0, Math.ceilDiv(each.length, ROWS_TOGETHER)).parallel().forEach(part -> {
            var scratch = new float[vocabulary];
            for (int i = part * ROWS_TOGETHER; i < Math.min(each.length, (part + 1) * ROWS_TOGETHER); i++)
                each[i] = kernel.loss(memory, (long) i * vocabulary, vocabulary, targets.ids()[start + i], scratch);
        });
        return each;
    }

    /** What makes the loss of a row of scores. */
    private interface RowKernel {
        double loss(MemorySegment scores, long at, int n, int target, float[] scratch);
    }

    private static RowKernel kernel(DType scores, boolean gradients) {
        if (scores == DType.BFLOAT16) return gradients ? ScoreRow::lossAndGradient : ScoreRow::loss;
        return gradients ? FloatScoreRow::lossAndGradient : FloatScoreRow::loss;
    }
}
