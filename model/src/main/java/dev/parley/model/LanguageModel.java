package dev.parley.model;

/** A model that tells how likely each token of a text is, whatever runs it. */
public interface LanguageModel {

    /** {@return the model's configuration} */
    ModelConfig config();

    /** ln p(ids[t+1] | ids[..t]) of each row, (B, T-1), natural logarithm. */
    double[][] tokenLogprobs(int[][] ids);
}
