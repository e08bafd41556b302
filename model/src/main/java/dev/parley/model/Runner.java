package dev.parley.model;

import dev.parley.kernels.attention.KvBlocks;

/** A model as something else than Parley's Java engine runs it, over the same weights in memory. One thread may use it at a time. */
public interface Runner extends AutoCloseable {

    /** Opens a session that continues sequences over these weights. The caller closes it. */
    InferenceSession openSession();

    /**
     * Reads a prompt, leaves its keys and values in empty blocks, and gives the scores of every token as the next.
     *
     * @param ids of the prompt, all that the blocks will hold
     * @return (V,)
     */
    float[] prefill(int[] ids, KvBlocks blocks);

    /** See {@link LanguageModel#tokenLogprobs}. */
    double[][] tokenLogprobs(int[][] ids);

    /** Reads a tree of texts in one pass, without a cache. */
    TokenTree.Scores read(TokenTree tree);

    @Override
    void close();
}
