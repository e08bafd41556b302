package dev.parley.torch;

import dev.parley.kernels.DType;
import dev.parley.model.ModelException;
import dev.parley.tensor.Tensor;

/**
 * How likely a teacher thinks each token at each target of a batch. Kept are the vectors that its head reads: scores of all tokens are
 * made of them a chunk at a time, when a student is compared.
 *
 * <pre>{@code
 * try (var taught = teacher.softTargets(batch); var pass = student.pass(batch)) {
 *     var sum = pass.backward(taught, SoftLoss.DEFAULT, batch.targets().length);
 * }
 * }</pre>
 */
public final class SoftTargets implements AutoCloseable {

    private final Tensor vectors; // (N, C), scaled
    private final Tensor head; // (V, C)
    private final Head.Rule rule;

    /**
     * Takes both tensors into its care.
     *
     * @param vectors of the targets, (N, C), scaled by the rule
     * @param head (V, C), of the same type
     */
    SoftTargets(Tensor vectors, Tensor head, Head.Rule rule) {
        this.vectors = vectors;
        this.head = head;
        this.rule = rule;
    }

    /** @throws ModelException if a student with so many tokens cannot learn from a teacher with others */
    public static void requireSameVocabulary(long teacher, long student) {
        if (teacher != student) {
            throw new ModelException("The teacher has " + teacher + " tokens and the student " + student
                    + "; a student needs its teacher's tokenizer.");
        }
    }

    /** Tokens that the teacher knows, V. */
    long vocabulary() {
        return head.size(0);
    }

    /** Scores of some of the targets, (n, V), float32. */
    Tensor scores(long start, long n) {
        return rule.scores(vectors.narrow(0, start, n), head).to(DType.FLOAT32);
    }

    @Override
    public void close() {
        vectors.close();
        head.close();
    }
}
