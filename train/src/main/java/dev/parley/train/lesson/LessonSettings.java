package dev.parley.train.lesson;

/**
 * How a lesson is learned. The numbers of {@link #DEFAULT} were chosen by measurement, from one corrected answer to some hundred pieces of
 * feedback; docs/teach.md has the figures.
 *
 * @param seed the same feedback and seed give the same adapter
 * @param rank of the adapter, beside every linear part of the layers
 * @param alpha by which the adapter's share is scaled
 * @param learningRate the highest
 * @param epochs passes over what is learned, as far as the steps allow it
 * @param leastSteps of the optimiser, however little there is to learn
 * @param mostSteps however much
 * @param batchSize examples of a step
 * @param paraphrases of a corrected question that are learned, at most
 * @param ownAnswers of the model's own that are learned with it, against forgetting
 */
public record LessonSettings(long seed, int rank, double alpha, double learningRate, double epochs, int leastSteps, int mostSteps,
        int batchSize, int paraphrases, int ownAnswers) {

    /** As {@code parley teach} learns. */
    public static final LessonSettings DEFAULT = new LessonSettings(42, 16, 32, 2e-3, 8, 40, 300, 8, 14, 24);

    /** @throws IllegalArgumentException naming a number that cannot be */
    public LessonSettings {
        if (rank < 1 || !(alpha > 0) || !(learningRate > 0) || !(epochs > 0) || leastSteps < 1 || mostSteps < leastSteps || batchSize < 1
                || paraphrases < 0 || ownAnswers < 2)
            throw new IllegalArgumentException("A lesson cannot be learned with rank " + rank + ", alpha " + alpha + ", learning rate "
                    + learningRate + ", " + epochs + " epochs, " + leastSteps + " to " + mostSteps + " steps of " + batchSize + ", "
                    + paraphrases + " paraphrases and " + ownAnswers + " own answers (at least 2).");
    }

    /** The same with another seed. */
    public LessonSettings withSeed(long other) {
        return new LessonSettings(other, rank, alpha, learningRate, epochs, leastSteps, mostSteps, batchSize, paraphrases, ownAnswers);
    }

    /** The same with another learning rate and other passes. */
    public LessonSettings withLearning(double rate, double passes) {
        return new LessonSettings(seed, rank, alpha, rate, passes, leastSteps, mostSteps, batchSize, paraphrases, ownAnswers);
    }

    /** Steps of the optimiser for so many examples. */
    int steps(int examples) {
        var wanted = Math.ceil(epochs * examples / batchSize);
        return (int) Math.min(mostSteps, Math.max(leastSteps, wanted));
    }
}
