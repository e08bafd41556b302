package dev.parley.model;

import dev.parley.kernels.attention.KvBlocks;
import dev.parley.kernels.attention.KvPool;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Sequences of the Java engine, whose keys and values lie in the blocks of one pool. Long prompts may be prefilled by libtorch where
 * that is faster.
 */
final class JavaSession implements InferenceSession {

    private static final float[][] NOTHING = {};

    /** Reads a sequence's first tokens into its blocks, and gives the scores of the next. */
    @FunctionalInterface
    interface Prefill {
        float[] read(int[] ids, KvBlocks blocks);
    }

    private final ModelConfig config;
    private final JavaRunner transformer;
    private final Prefill prefill;
    private final int prefillFrom;
    private final KvPool pool;
    private float[][] scores = {}; // of the last pass, and rows for more

    /**
     * @param prefillFrom tokens of a new sequence from which on {@code prefill} reads it
     * @param cacheBytes of keys and values; one whole context at least
     */
    JavaSession(ModelConfig config, JavaRunner transformer, Prefill prefill, int prefillFrom, long cacheBytes) {
        this.config = config;
        this.transformer = transformer;
        this.prefill = prefill;
        this.prefillFrom = prefillFrom;
        long blockBytes;
        try (var one = transformer.newPool(1)) {
            blockBytes = one.blockBytes();
        }
        var oneContext = Math.ceilDiv(config.maxPositionEmbeddings(), KvBlocks.TOKENS) + 1;
        pool = transformer.newPool((int) Math.min(1 << 24, Math.max(oneContext, cacheBytes / blockBytes)));
    }

    @Override
    public Optional<KvPool> pool() {
        return Optional.of(pool);
    }

    @Override
    public SequenceCache open(Optional<Adapter> adapter) {
        return new BlockCache(new KvBlocks(pool, config.maxPositionEmbeddings()), adapter);
    }

    @Override
    public int maxTokensPerPass() {
        return JavaRunner.MOST_TOKENS;
    }

    @Override
    public int readsAtOnceFrom() {
        return prefillFrom;
    }

    @Override
    public List<Output> feed(List<Feed> feeds) {
        for (var feed : feeds) config.checkFits(feed.ids(), feed.sequence().length());
        if (fit(feeds) && feeds.stream().noneMatch(this::isReadAtOnce)) return pass(feeds);
        var outputs = new Output[feeds.size()];
        var rest = new ArrayList<Integer>();
        for (int i = 0; i < outputs.length; i++) {
            if (isReadAtOnce(feeds.get(i))) outputs[i] = readAtOnce(feeds.get(i));
            else rest.add(i);
        }
        if (rest.isEmpty()) return List.of(outputs);
        var others = rest.stream().map(feeds::get).toList();
        var fed = fit(others) ? pass(others) : others.stream().map(this::inPieces).toList();
        for (int i = 0; i < fed.size(); i++) outputs[rest.get(i)] = fed.get(i);
        return List.of(outputs);
    }

    private static boolean fit(List<Feed> feeds) {
        var tokens = 0;
        for (var feed : feeds) tokens += feed.ids().length;
        return tokens <= JavaRunner.MOST_TOKENS;
    }

    private boolean isReadAtOnce(Feed feed) {
        return feed.ids().length >= prefillFrom && feed.sequence().length() == 0 && feed.scored() != Scored.ALL && !feed.states()
                && BlockCache.of(feed).adapter().isEmpty();
    }

    private Output readAtOnce(Feed feed) {
        var last = prefill.read(feed.ids(), BlockCache.of(feed).kv());
        return new Output(feed.scored() == Scored.NONE ? NOTHING : new float[][] {last}, NOTHING);
    }

    /** More tokens than a pass takes, a pass after the other. */
    private Output inPieces(Feed feed) {
        var scores = new ArrayList<float[]>();
        var states = new ArrayList<float[]>();
        for (int from = 0; from < feed.ids().length; from += JavaRunner.MOST_TOKENS) {
            var to = Math.min(feed.ids().length, from + JavaRunner.MOST_TOKENS);
            var scored = feed.scored() == Scored.LAST && to < feed.ids().length ? Scored.NONE : feed.scored();
            var output = pass(List.of(new Feed(feed.sequence(), Arrays.copyOfRange(feed.ids(), from, to), scored, feed.states())))
                    .getFirst();
            for (var row : output.scores()) scores.add(row.clone()); // the next pass writes over them
            states.addAll(List.of(output.states()));
        }
        return new Output(scores.toArray(float[][]::new), states.toArray(float[][]::new));
    }

    private List<Output> pass(List<Feed> feeds) {
        var pass = new ForwardBatch(feeds, config);
        run(pass);
        var outputs = new Output[feeds.size()];
        for (int i = 0, at = 0, state = 0; i < outputs.length; i++) {
            var feed = feeds.get(i);
            var count = switch (feed.scored()) {
                case NONE -> 0;
                case LAST -> 1;
                case ALL -> feed.ids().length;
            };
            var states = NOTHING;
            if (feed.states()) {
                states = pass.states().subList(state, state + feed.ids().length).toArray(float[][]::new);
                state += feed.ids().length;
            }
            outputs[i] = new Output(Arrays.copyOfRange(scores, at, at + count), states);
            at += count;
        }
        return List.of(outputs);
    }

    @Override
    public Trace trace(SequenceCache sequence, int... ids) {
        config.checkFits(ids, sequence.length());
        var trace = Trace.of(config, sequence.length(), ids.length);
        for (int from = 0; from < ids.length; from += JavaRunner.MOST_TOKENS) {
            var to = Math.min(ids.length, from + JavaRunner.MOST_TOKENS);
            // with states, so that the last layer's MLP is added to every token
            var feed = new Feed(sequence, Arrays.copyOfRange(ids, from, to), Scored.NONE, true);
            run(new ForwardBatch(List.of(feed), config).keeping(trace.piece(from, to)));
        }
        return trace;
    }

    /** Feeds new tokens, and adds up the squares of what every matrix of the layers is multiplied with. */
    void observe(SequenceCache sequence, int[] ids, InputSquares squares) {
        config.checkFits(ids, sequence.length());
        for (int from = 0; from < ids.length; from += JavaRunner.MOST_TOKENS) {
            var some = Arrays.copyOfRange(ids, from, Math.min(ids.length, from + JavaRunner.MOST_TOKENS));
            var feed = new Feed(sequence, some, Scored.NONE, false);
            run(new ForwardBatch(List.of(feed), config).counting(squares));
        }
    }

    @Override
    public float[][] scores(float[][] residuals) {
        var all = new float[residuals.length][config.vocabSize()];
        for (int from = 0; from < all.length; from += JavaRunner.MOST_TOKENS) {
            var to = Math.min(all.length, from + JavaRunner.MOST_TOKENS);
            transformer.score(Arrays.copyOfRange(residuals, from, to), Arrays.copyOfRange(all, from, to));
        }
        return all;
    }

    private void run(ForwardBatch pass) {
        var needed = pass.outputs().length;
        if (scores.length < needed) {
            var before = scores.length;
            scores = Arrays.copyOf(scores, needed);
            for (int i = before; i < needed; i++) scores[i] = new float[config.vocabSize()];
        }
        transformer.run(pass, scores);
    }

    @Override
    public void close() {
        pool.close();
    }
}
