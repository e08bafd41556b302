package dev.parley.torch;

import dev.parley.kernels.DType;
import dev.parley.model.TrainingBatch;
import dev.parley.tensor.Functional;
import dev.parley.tensor.Tensor;
import java.util.Arrays;
import java.util.Optional;

/**
 * The sum of a {@link SoftLoss} over the targets of a batch, and its gradient by hand. With p and q the softmax of scores / T of student
 * and teacher, T² times the divergence has for the student's scores the gradient T (p - q) where it is KL(q, p), T p (r - Σ p r) with
 * r = ln p - ln q where it is KL(p, q), and T (1 - β) p (r - Σ p r) with r = ln p - ln m between. All of a chunk is float32.
 */
final class SoftTargetLoss {

    /** Scores in a chunk: 32 MiB, of which some eight exist at a time. */
    private static final long CHUNK_SCORES = 1L << 23;

    private static final double LEAST = 1e-37; // of a likelihood whose logarithm is taken

    private final TargetScores targets;
    private final Tensor columns; // of the targets, (N, 1)
    private final SoftTargets teacher;
    private final int first; // of the teacher's targets
    private final SoftLoss loss;

    /**
     * The loss of a batch.
     *
     * @param head (V, C), of the compute type
     * @param rule of the student's scores
     * @param first of the teacher's targets that is the batch's first
     */
    SoftTargetLoss(Tensor head, Head.Rule rule, TrainingBatch batch, SoftTargets teacher, int first, SoftLoss loss) {
        targets = new TargetScores(head, rule, batch, CHUNK_SCORES);
        columns = Tensor.ofInts(targets.ids(), targets.count(), 1);
        SoftTargets.requireSameVocabulary(teacher.vocabulary(), targets.vocabulary());
        this.teacher = teacher;
        this.first = first;
        this.loss = loss;
    }

    /**
     * The sum; its gradient divided by {@code divisor} flows into {@code hidden}, where it is recorded for it, and into the head, where
     * it is learned.
     *
     * @param hidden (B, T, C)
     * @param headParameter (V, C), the leaf whose gradient collects the head's part; empty for a head that stays as it is
     */
    SoftSum backward(Tensor hidden, Optional<Tensor> headParameter, double divisor) {
        var sum = new SoftSum[] {SoftSum.NONE};
        var factors = new double[targets.count()];
        Arrays.fill(factors, 1 / divisor);
        targets.backward(hidden, headParameter, factors, (scores, start) -> {
            var chunk = new Chunk(scores.to(DType.FLOAT32), start);
            sum[0] = sum[0].plus(chunk.sum());
            return chunk.gradient();
        });
        return sum[0];
    }

    /** The sum alone. @param hidden (B, T, C) */
    SoftSum read(Tensor hidden) {
        var sum = new SoftSum[] {SoftSum.NONE};
        targets.read(hidden, (scores, start) -> sum[0] = sum[0].plus(new Chunk(scores.to(DType.FLOAT32), start).sum()));
        return sum[0];
    }

    /** Both models' scores at some of the targets, and what they come to. */
    private final class Chunk {

        private final Tensor right; // columns of the targets, (n, 1)
        private final Tensor logP1; // ln softmax of the student's scores, (n, V)
        private final Tensor logP; // at the temperature, (n, V)
        private final Tensor p;
        private final Tensor q;
        private final Tensor r; // ln p less what it is compared with, (n, V)
        private final Tensor ofStudent; // Σ p r, (n, 1)
        private final Tensor divergence; // (n)
        private final long agreed;

        /** @param s the student's scores, (n, V) */
        Chunk(Tensor s, int start) {
            var n = s.size(0);
            var t = teacher.scores(first + start, n); // (n, V)
            agreed = equal(s.argmax(-1).toLongs(), t.argmax(-1).toLongs());
            right = columns.narrow(0, start, n);
            logP1 = s.logSoftmax(-1);
            logP = loss.temperature() == 1 ? logP1 : s.mul(1 / loss.temperature()).logSoftmax(-1);
            var logQ = (loss.temperature() == 1 ? t : t.mul(1 / loss.temperature())).logSoftmax(-1);
            p = logP.exp();
            q = logQ.exp();
            var beta = loss.beta();
            if (beta == 0 || beta == 1) {
                r = logP.sub(logQ);
                ofStudent = beta == 0 ? r : weighted(p, r);
                divergence = beta == 0 ? q.mul(r).sum(-1).mul(-1) : ofStudent.view(-1);
            } else {
                var logM = Functional.clamp(q.mul(beta).add(p.mul(1 - beta)), LEAST, 1).log();
                r = logP.sub(logM);
                ofStudent = weighted(p, r);
                divergence = q.mul(logQ.sub(logM)).sum(-1).mul(beta).add(ofStudent.view(-1).mul(1 - beta));
            }
        }

        private static Tensor weighted(Tensor p, Tensor r) {
            return p.mul(r).sum(-1).unsqueeze(1);
        }

        private static long equal(long[] a, long[] b) {
            long equal = 0;
            for (int i = 0; i < a.length; i++) {
                if (a[i] == b[i]) equal++;
            }
            return equal;
        }

        SoftSum sum() {
            var divergences = total(divergence);
            var nll = -total(logP1.gather(1, right));
            var weight = loss.alpha() * loss.temperature() * loss.temperature();
            return new SoftSum(weight * divergences + (1 - loss.alpha()) * nll, divergences, nll, agreed, p.size(0));
        }

        private static double total(Tensor each) {
            return each.to(DType.FLOAT64).sum().item();
        }

        /** Of the sum, for the student's scores, (n, V). */
        Tensor gradient() {
            var soft = loss.beta() == 0 ? p.sub(q) : p.mul(r.sub(ofStudent)).mul(loss.beta() == 1 ? 1 : 1 - loss.beta());
            var gradient = soft.mul(loss.alpha() * loss.temperature()); // (n, V)
            if (loss.alpha() == 1) return gradient;
            var hard = logP1.exp().scatterAddInPlace(right, -1); // p - onehot
            return gradient.addInPlace(hard, 1 - loss.alpha());
        }
    }
}
