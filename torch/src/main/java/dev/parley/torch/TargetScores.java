package dev.parley.torch;

import dev.parley.kernels.DType;
import dev.parley.model.ModelException;
import dev.parley.model.TrainingBatch;
import dev.parley.tensor.NoGrad;
import dev.parley.tensor.Scope;
import dev.parley.tensor.Tensor;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The scores that predict the targets of a batch, and the way back from their gradient. A chunk of rows exists at a time, since all of
 * them would be the largest tensor of a pass: with G the gradient of scores h Wᵀ, that of h is G W, and that of W is Gᵀ h.
 */
final class TargetScores {

    private static final int FEWEST_ROWS = 64;

    private final Tensor head; // (V, C), of the compute type
    private final Head.Rule rule;
    private final int[] ids; // (N)
    private final Tensor rows; // of the hidden vectors that predict a target, (N)
    private final long chunk;

    /** What is made of the scores of a chunk. */
    interface Reading {

        /** @param scores (n, V) @param start target of the first row */
        void read(Tensor scores, int start);
    }

    /** What the scores of a chunk are to become. */
    interface Gradient {

        /** Of a loss for bounded scores, (n, V), which may have been written over. @param start target of the first row */
        Tensor of(Tensor scores, int start);
    }

    /**
     * The targets of a batch.
     *
     * @param head (V, C), of the compute type
     * @param rule of the scores
     * @param scoresTogether in a chunk
     * @throws ModelException if a label is no token of the vocabulary
     */
    TargetScores(Tensor head, Head.Rule rule, TrainingBatch batch, long scoresTogether) {
        this.head = head;
        this.rule = rule;
        var at = batch.targets();
        ids = IntStream.of(at).map(i -> batch.labels()[i / batch.length()][i % batch.length()]).toArray();
        for (var id : ids) {
            if (id < 0 || id >= head.size(0))
                throw new ModelException("Label " + id + " is neither a token of the vocabulary of " + head.size(0) + " nor -100.");
        }
        rows = Tensor.ofInts(rowsBehind(batch), at.length);
        chunk = Math.max(FEWEST_ROWS, scoresTogether / head.size(0));
    }

    /** Where what predicts each target is read: a token is predicted where the one before it is read. */
    static int[] rowsBehind(TrainingBatch batch) {
        return IntStream.of(batch.targets()).map(i -> i - 1).toArray();
    }

    /** The targets, in the order of the text. */
    int[] ids() {
        return ids;
    }

    /** How many they are, N. */
    int count() {
        return ids.length;
    }

    /** Tokens of the vocabulary, V. */
    long vocabulary() {
        return head.size(0);
    }

    private Tensor vectors(Tensor hidden) {
        return rule.scaled(hidden.view(-1, head.size(1)).indexSelect(0, rows)); // (N, C)
    }

    /** Lets each chunk be read. @param hidden (B, T, C) */
    void read(Tensor hidden, Reading reading) {
        if (count() == 0) return;
        var h = vectors(hidden); // (N, C)
        for (long start = 0; start < count(); start += chunk) {
            try (var scope = Scope.open()) {
                reading.read(rule.scores(h.narrow(0, start, Math.min(chunk, count() - start)), head), (int) start);
            }
        }
    }

    /**
     * Gradients of each chunk flow into {@code hidden}, where it is recorded for them, and into the head, where it is learned.
     *
     * @param hidden (B, T, C)
     * @param headParameter (V, C), the leaf whose gradient collects the head's part; empty for a head that stays as it is
     * @param factors of the gradient of each target
     */
    void backward(Tensor hidden, Optional<Tensor> headParameter, double[] factors, Gradient gradient) {
        if (count() == 0) return;
        var h = vectors(hidden); // (N, C)
        var hiddenGradient = Tensor.empty(h.dtype(), h.shape()); // (N, C)
        try (var noGrad = NoGrad.open()) {
            var all = Tensor.ofFloats(floats(factors), count(), 1); // (N, 1)
            for (long start = 0; start < count(); start += chunk) {
                try (var scope = Scope.open()) {
                    var n = Math.min(chunk, count() - start);
                    var hChunk = h.narrow(0, start, n); // (n, C)
                    var scores = rule.scores(hChunk, head); // (n, V)
                    var slope = rule.slope(scores); // before the scores are written over
                    var ofBounded = gradient.of(scores, (int) start); // (n, V)
                    var g = slope.map(ofBounded::mul).orElse(ofBounded).to(h.dtype()); // (n, V)
                    var factor = all.narrow(0, start, n); // (n, 1)
                    hiddenGradient.narrow(0, start, n).copyInPlace(g.matmul(head).mul(factor));
                    if (headParameter.isPresent()) {
                        headParameter.get().accumulateGrad(
                                g.transpose(0, 1).matmul(hChunk.mul(factor).to(h.dtype())).to(DType.FLOAT32)); // (V, C)
                    }
                }
            }
        }
        if (h.requiresGrad()) h.backward(hiddenGradient);
    }

    static float[] floats(double[] numbers) {
        var floats = new float[numbers.length];
        for (int i = 0; i < floats.length; i++) floats[i] = (float) numbers[i];
        return floats;
    }
}
