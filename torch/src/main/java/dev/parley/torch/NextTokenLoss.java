package dev.parley.torch;

import dev.parley.kernels.DType;
import dev.parley.kernels.WarmUp;
import dev.parley.kernels.vectors.ScoreRow;
import dev.parley.model.ModelException;
import dev.parley.model.TrainingBatch;
import dev.parley.tensor.NoGrad;
import dev.parley.tensor.Scope;
import dev.parley.tensor.Tensor;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The sum of -ln p(next token) over the targets, and its gradient by hand. Autograd would keep the scores of every
 * token of the vocabulary several times in float32; here a chunk of rows exists at a time, once, in the compute type:
 * with p = softmax(h Wᵀ), the gradient of the scores is p - onehot(target), that of h is (p - onehot) W, and that of W
 * is (p - onehot)ᵀ h. Scores in bfloat16 become p - onehot in their place, computed in float32 and rounded once
 * ({@link ScoreRow}).
 */
final class NextTokenLoss {

    /** Scores in a chunk: 128 MiB in bfloat16. */
    private static final long CHUNK_SCORES = 1L << 26;

    private static final int ROWS_TOGETHER = 32;

    private final Tensor head; // (V, C), of the compute type
    private final Head.Rule rule;
    private final Tensor rows; // of the hidden vectors that predict a target, (N)
    private final int[] targetIds; // (N)
    private final Tensor targets; // the same
    private final long count;

    /**
     * The loss of a batch.
     *
     * @param head (V, C), of the compute type
     * @param rule of the scores
     * @throws ModelException if a label is no token of the vocabulary
     */
    NextTokenLoss(Tensor head, Head.Rule rule, TrainingBatch batch) {
        this.head = head;
        this.rule = rule;
        var at = batch.targets();
        targetIds = IntStream.of(at).map(i -> batch.labels()[i / batch.length()][i % batch.length()]).toArray();
        for (var id : targetIds) {
            if (id < 0 || id >= head.size(0))
                throw new ModelException("Label " + id + " is neither a token of the vocabulary of " + head.size(0) + " nor -100.");
        }
        count = targetIds.length;
        rows = Tensor.ofInts(IntStream.of(at).map(i -> i - 1).toArray(), count); // a token is predicted where the one before it is read
        targets = Tensor.ofInts(targetIds, count);
    }

    private long chunk() {
        return Math.max(64, CHUNK_SCORES / head.size(0));
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
        var each = new double[(int) count];
        if (count == 0) return each;
        var h = rule.scaled(hidden.view(-1, head.size(1)).indexSelect(0, rows)); // (N, C)
        var hiddenGradient = Tensor.empty(h.dtype(), h.shape()); // (N, C)
        try (var noGrad = NoGrad.open()) {
            var factors = Tensor.ofFloats(negative(weights), count, 1); // (N, 1): of p - onehot
            for (long start = 0; start < count; start += chunk()) {
                try (var scope = Scope.open()) {
                    var n = Math.min(chunk(), count - start);
                    var hChunk = h.narrow(0, start, n); // (n, C)
                    var scores = bounded(hChunk); // (n, V)
                    var gradient = scores; // (n, V): p - onehot
                    if (scores.dtype() == DType.BFLOAT16) {
                        System.arraycopy(byRow(scores, start, true), 0, each, (int) start, (int) n);
                    } else {
                        var columns = targets.narrow(0, start, n).unsqueeze(1); // (n, 1)
                        gradient = scores.softmax(-1);
                        var losses = negativeLogLikelihood(scores, gradient, columns).toFloats();
                        for (int i = 0; i < n; i++) each[(int) start + i] = losses[i];
                        gradient.scatterAddInPlace(columns, -1);
                        gradient = rule.unbounded(gradient, scores).to(h.dtype());
                    }
                    var factor = factors.narrow(0, start, n); // (n, 1)
                    hiddenGradient.narrow(0, start, n).copyInPlace(gradient.matmul(head).mul(factor));
                    if (headParameter.isPresent()) {
                        headParameter.get().accumulateGrad(
                                gradient.transpose(0, 1).matmul(hChunk.mul(factor).to(h.dtype())).to(DType.FLOAT32)); // (V, C)
                    }
                }
            }
        }
        if (h.requiresGrad()) h.backward(hiddenGradient);
        return each;
    }

    private static float[] negative(double[] weights) {
        var negative = new float[weights.length];
        for (int i = 0; i < weights.length; i++) negative[i] = (float) -weights[i];
        return negative;
    }

    /** -ln p of each target, (N), float32, in the order of the positions. */
    Tensor each(Tensor hidden) {
        var h = rule.scaled(hidden.view(-1, head.size(1)).indexSelect(0, rows)); // (N, C)
        var each = Tensor.empty(DType.FLOAT32, count);
        for (long start = 0; start < count; start += chunk()) {
            try (var scope = Scope.open()) {
                var n = Math.min(chunk(), count - start);
                var scores = bounded(h.narrow(0, start, n)); // (n, V)
                each.narrow(0, start, n).copyInPlace(scores.dtype() == DType.BFLOAT16
                        ? Tensor.ofFloats(floats(byRow(scores, start, false)), n)
                        : negativeLogLikelihood(scores, scores.softmax(-1), targets.narrow(0, start, n).unsqueeze(1)));
            }
        }
        return each;
    }

    /** Scores of the head, (n, V): of the compute type, but in float32 where they are bounded, since tanh' is small beside 1. */
    private Tensor bounded(Tensor h) {
        var scores = h.matmul(head.transpose(0, 1));
        return rule.softcap() == 0 ? scores : rule.bounded(scores.to(DType.FLOAT32));
    }

    /**
     * -ln p of each target, by scores in bfloat16.
     *
     * @param scores (n, V)
     * @param start target of the first row
     * @param gradients whether the scores become p - onehot
     */
    private double[] byRow(Tensor scores, long start, boolean gradients) {
        WarmUp.start();
        var vocabulary = (int) scores.size(1);
        var each = new double[(int) scores.size(0)];
        var memory = scores.contiguous().memory();
        IntStream.range(0, Math.ceilDiv(each.length, ROWS_TOGETHER)).parallel().forEach(part -> {
            var scratch = new float[vocabulary];
            for (int i = part * ROWS_TOGETHER; i < Math.min(each.length, (part + 1) * ROWS_TOGETHER); i++) {
                var target = targetIds[(int) start + i];
                each[i] = gradients ? ScoreRow.lossAndGradient(memory, (long) i * vocabulary, vocabulary, target, scratch)
                        : ScoreRow.loss(memory, (long) i * vocabulary, vocabulary, target, scratch);
            }
        });
        return each;
    }

    private static float[] floats(double[] numbers) {
        var floats = new float[numbers.length];
        for (int i = 0; i < floats.length; i++) floats[i] = (float) numbers[i];
        return floats;
    }

    /**
     * ln Σ exp(scores) - score of the target. The sum over the vocabulary is not taken again: where the score is highest,
     * softmax is exp(highest) / Σ exp, which gives it.
     */
    private static Tensor negativeLogLikelihood(Tensor scores, Tensor p, Tensor columns) {
        var highest = scores.max(-1).to(DType.FLOAT32); // (n)
        var logSumExp = highest.sub(p.max(-1).to(DType.FLOAT32).log());
        return logSumExp.sub(scores.gather(1, columns).view(-1).to(DType.FLOAT32)); // (n)
    }
}
