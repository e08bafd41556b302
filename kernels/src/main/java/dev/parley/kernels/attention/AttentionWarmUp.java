package dev.parley.kernels.attention;

import java.util.Arrays;

/** Attention to a few tokens, run again and again until the compiler has it ready. */
public final class AttentionWarmUp implements Runnable, AutoCloseable {

    private static final Attention.ScoreRule RULE = new Attention.ScoreRule(0.1f, 0);
    private static final int HEAD_DIM = 64;
    private static final int TOKENS = 4;

    private final KvBlocks cache = new KvBlocks(1, 1, HEAD_DIM, false, KvBlocks.TOKENS);
    private final float[] head = new float[HEAD_DIM];

    /** A cache of a few tokens. */
    public AttentionWarmUp() {
        Arrays.fill(head, 0.01f);
        cache.reserve(TOKENS);
        for (int t = 0; t < TOKENS; t++) cache.put(0, 0, t, head, 0, head, 0);
        cache.advance(TOKENS);
    }

    @Override
    public void run() {
        var scratch = new float[Attention.scratchSize(KvBlocks.TOKENS, HEAD_DIM)];
        Attention.oneHeadByVectors(cache, 0, 0, head, 0, RULE, 0, TOKENS, new float[HEAD_DIM], 0, scratch);
    }

    @Override
    public void close() {
        cache.close();
    }
}
