package dev.parley.train.lesson;

/**
 * How a lesson is learned: until it is learned, or for a number of steps at most. The numbers of {@link #DEFAULT} were chosen by
 * measurement; docs/teach.md has the figures.
 *
 * @param seed the same feedback and seed give the same adapter
 * @param rank of the adapter, beside every linear part of the layers
 * @param alpha by which the adapter's share is scaled
 * @param learningRate the highest, of a model whose vectors have 256 numbers; of others in inverse proportion to their width
 * @param leastSteps of the optimiser, however soon it is learned
 * @param mostSteps of it
 * @param mostEpochs passes over what is learned, unless these are fewer than the least steps
 * @param batchSize examples of a step
 * @param paraphrases of a corrected question that are learned, at most
 * @param ownAnswers of the model's own that are learned with it, against forgetting
 */
public record LessonSettings(long seed, int rank, double alpha, double learningRate, int leastSteps, int mostSteps, int mostEpochs,
        int batchSize, int paraphrases, int ownAnswers) {

    /** The width that the learning rate is given for. */
    private static final int WIDTH = 256;

    /** As {@code parley teach} learns. */
    public static final LessonSettings DEFAULT = new LessonSettings(42, 16, 32, 2e-3, 24, 300, 24, 8, 14, 24);

    /** @throws IllegalArgumentException naming a number that cannot be */
    public LessonSettings {
        if (rank < 1 || !(alpha > 0) || !(learningRate > 0) || mostEpochs < 1 || leastSteps < 1 || mostSteps < leastSteps || batchSize < 1
                || paraphrases < 0 || ownAnswers < 2)
            throw new IllegalArgumentException("A lesson cannot be learned with rank " + rank + ", alpha " + alpha + ", learning rate "
                    + learningRate + ", " + leastSteps + " to " + mostSteps + " steps of " + batchSize + ", " + mostEpochs + " epochs, "
                    + paraphrases + " paraphrases and " + ownAnswers + " own answers (at least 2).");
    }

    /** The same with another seed. */
    public LessonSettings withSeed(long other) {
        return new LessonSettings(other, rank, alpha, learningRate, leastSteps, mostSteps, mostEpochs, batchSize, paraphrases, ownAnswers);
    }

    /** The learning rate for a model of a width: what all numbers of a vector change adds up (Yang et al. 2022, arXiv:2203.03466). */
    double learningRate(int hiddenSize) {
        return learningRate * WIDTH / hiddenSize;
    }

    /** Steps of the optimiser for so many examples, at most. */
    int steps(int examples) {
        return Math.min(mostSteps, Math.max(leastSteps, Math.ceilDiv(mostEpochs * examples, batchSize)));
    }
}
