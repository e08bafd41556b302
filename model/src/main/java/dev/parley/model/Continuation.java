package dev.parley.model;

/**
 * Texts that are being continued together: each keeps the keys and values of its tokens, and takes new ones. Close it when they
 * are done.
 *
 * <pre>{@code
 * try (var texts = model.continueTexts(1, 100)) {
 *     float[] scores = texts.feed(new int[][] {promptIds})[0];
 *     scores = texts.feed(new int[][] {{chosen}})[0];
 * }
 * }</pre>
 */
public interface Continuation extends AutoCloseable {

    /** Texts that there are. */
    int rows();

    /** Tokens of a text, so far. */
    int length(int row);

    /**
     * Feeds each text its new tokens, at least one, and gives the scores of every token as the next: (rows, V).
     *
     * @throws ModelException if a text leaves the model's context, or an id its vocabulary
     */
    float[][] feed(int[][] newIds);

    /** The same with the scores after each of the new tokens: (rows, new tokens, V). */
    float[][][] feedAll(int[][] newIds);

    /**
     * What feeding tells besides scores.
     *
     * @param scores of every token as the next, (rows, V)
     * @param states the vectors that the head reads, one for each new token: (rows, new tokens, C)
     */
    record Fed(float[][] scores, float[][][] states) {}

    /** The same as {@link #feed}, with the state of each new token. */
    Fed feedWithStates(int[][] newIds);

    /** Goes on with these texts in this order; one may be named twice, and goes on in two ways. */
    void select(int... rows);

    /** Forgets a text's tokens from a length on. */
    void truncate(int row, int length);

    @Override
    void close();
}
