package dev.parley.model;

import dev.parley.kernels.attention.KvBlocks;
import dev.parley.kernels.attention.KvPool;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Passes that texts share which come and go: each pass takes new tokens of any of them, of one text many and of another one.
 * What is computed for a text does not depend, to the last bit, on the others, nor on how its tokens were divided among passes.
 *
 * <pre>{@code
 * try (var passes = model.sharedPasses(1L << 30); var text = passes.newText()) {
 *     float[] scores = passes.feed(List.of(new Feed(text, ids, Scored.LAST)))[0][0];
 * }
 * }</pre>
 *
 * One thread may use it at a time.
 */
public final class SharedPasses implements AutoCloseable {

    /** New tokens of all texts in a pass, at most. */
    public static final int MOST_TOKENS = JavaRunner.MOST_TOKENS;

    private final ModelConfig config;
    private final JavaRunner transformer;
    private final KvPool pool;
    private float[][] scores = {}; // of the last pass, and rows for more

    SharedPasses(ModelConfig config, JavaRunner transformer, long cacheBytes) {
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

    /** After which new tokens of a text the scores of every token as the next are wanted. */
    public enum Scored { NONE, LAST, ALL }

    /** New tokens of a text. @param ids at least one */
    public record Feed(KvBlocks text, int[] ids, Scored scored) {}

    /**
     * One pass.
     *
     * @param feeds at most {@link #MOST_TOKENS} tokens in all, for which the pool has blocks
     * @return for each text the scores that are wanted: (texts, tokens, V); the caller may change them, and the next pass does
     */
    public float[][][] feed(List<Feed> feeds) {
        run(pass(feeds));
        var all = new float[feeds.size()][][];
        for (int i = 0, at = 0; i < all.length; at += all[i].length, i++) {
            var feed = feeds.get(i);
            var count = switch (feed.scored) {
                case NONE -> 0;
                case LAST -> 1;
                case ALL -> feed.ids.length;
            };
            all[i] = Arrays.copyOfRange(scores, at, at + count);
        }
        return all;
    }

    /** One pass of one text, with the vector of each new token that the head reads: (new tokens, C). */
    public float[][] states(KvBlocks text, int[] ids) {
        var states = new ArrayList<float[]>();
        run(pass(List.of(new Feed(text, ids, Scored.NONE))).keepingStates(Optional.of(states)));
        return states.toArray(float[][]::new);
    }

    /** One pass of one token, with the weight that each head gives to each of the text's tokens, the new one counted: (L, H, S). */
    public float[][][] attention(KvBlocks text, int id) {
        var weights = new float[config.numHiddenLayers()][config.numAttentionHeads()][text.length() + 1];
        run(pass(List.of(new Feed(text, new int[] {id}, Scored.NONE))).keepingAttention(weights));
        return weights;
    }

    private void run(KernelPass pass) {
        var needed = pass.outputs().length;
        if (scores.length < needed) {
            var before = scores.length;
            scores = Arrays.copyOf(scores, needed);
            for (int i = before; i < needed; i++) scores[i] = new float[config.vocabSize()];
        }
        transformer.run(pass, scores);
    }

    private KernelPass pass(List<Feed> feeds) {
        for (var feed : feeds) config.checkFits(feed.ids, feed.text.length());
        return new KernelPass(feeds.stream().map(Feed::ids).toArray(int[][]::new), feeds.stream().map(Feed::text).toList(),
                feeds.stream().map(Feed::scored).toArray(Scored[]::new), config);
    }

    @Override
    public void close() {
        pool.close();
    }
}
