package dev.parley.model;

/** A model that tells how likely each token of a text is, and what may come next, whatever runs it. */
public interface LanguageModel {

    /** {@return the model's configuration} */
    ModelConfig config();

    /** ln p(ids[t+1] | ids[..t]) of each row, (B, T-1), natural logarithm. */
    double[][] tokenLogprobs(int[][] ids);

    /**
     * Begins to continue sequences.
     *
     * @param cacheBytes of their keys and values, and at least one whole context; memory is taken as it is needed
     * @param wholePrompts whether libtorch may read long prompts in one go, where the Java engine runs the model and libtorch is faster.
     *     They hold up all other sequences then, and what follows may differ, by rounding, from what the Java engine gives
     */
    InferenceSession openSession(long cacheBytes, boolean wholePrompts);
}
