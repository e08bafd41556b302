package dev.parley.model;

import dev.parley.kernels.KvBlocks;
import dev.parley.kernels.KvPool;
import dev.parley.model.KernelPass.Scores;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Passes that texts share which come and go: each pass takes new tokens of any of them, of one text many and of another one.
 * What is computed for a text does not depend, to the last bit, on the others, nor on how its tokens were divided among passes.
 *
 * <pre>{@code
 * try (var passes = model.sharedPasses(1L << 30); var text = passes.newText()) {
 *     float[][] scores = passes.feed(List.of(new Feed(text, ids, true)));
 * }
 * }</pre>
 *
 * One thread may use it at a time.
 */
public final class SharedPasses implements AutoCloseable {

    /** New tokens of all texts in a pass, at most. */
    public static final int MOST_TOKENS = KernelTransformer.MOST_TOKENS;

    private final ModelConfig config;
    private final KernelTransformer transformer;
    private final KvPool pool;

    SharedPasses(ModelConfig config, KernelTransformer transformer, long cacheBytes) {
        this.config = config;
        this.transformer = transformer;
        long blockBytes;
        try (var one = transformer.newPool(1)) {
            blockBytes = one.blockBytes();
        }
        var oneContext = Math.ceilDiv(config.maxPositionEmbeddings(), KvBlocks.TOKENS) + 1;
        pool = transformer.newPool((int) Math.min(1 << 24, Math.max(oneContext, cacheBytes / blockBytes)));
    }

    /** Where the blocks of all texts come from. */
    public KvPool pool() {
        return pool;
    }

    /** An empty text. Close it when it is done. */
    public KvBlocks newText() {
        return new KvBlocks(pool, config.maxPositionEmbeddings());
    }

    /**
     * New tokens of a text.
     *
     * @param ids at least one
     * @param scored whether scores of what follows the last are wanted
     */
    public record Feed(KvBlocks text, int[] ids, boolean scored) {}

    /**
     * One pass.
     *
     * @param feeds at most {@link #MOST_TOKENS} tokens in all, for which the pool has blocks
     * @return for each text the scores of every token as the next, (V); empty where they were not wanted
     */
    public float[][] feed(List<Feed> feeds) {
        var wanted = feeds.stream().map(f -> f.scored ? Scores.LAST : Scores.NONE).toArray(Scores[]::new);
        var scores = pass(feeds, wanted, Optional.empty());
        var all = new float[feeds.size()][];
        for (int i = 0, next = 0; i < all.length; i++) all[i] = feeds.get(i).scored ? scores[next++] : new float[0];
        return all;
    }

    /** One pass of one text, with the scores after each of its new tokens: (new tokens, V). */
    public float[][] feedAll(KvBlocks text, int[] ids) {
        return pass(List.of(new Feed(text, ids, true)), new Scores[] {Scores.ALL}, Optional.empty());
    }

    /** One pass of one text, with the vector of each new token that the head reads: (new tokens, C). */
    public float[][] states(KvBlocks text, int[] ids) {
        var states = new ArrayList<float[]>();
        pass(List.of(new Feed(text, ids, false)), new Scores[] {Scores.NONE}, Optional.of(states));
        return states.toArray(float[][]::new);
    }

    private float[][] pass(List<Feed> feeds, Scores[] wanted, Optional<List<float[]>> states) {
        for (var feed : feeds) config.checkFits(feed.ids, feed.text.length());
        return transformer.pass(feeds.stream().map(Feed::ids).toArray(int[][]::new), feeds.stream().map(Feed::text).toList(), wanted, states);
    }

    @Override
    public void close() {
        pool.close();
    }
}
