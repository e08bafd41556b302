package dev.parley.model;

import dev.parley.kernels.attention.KvBlocks;
import dev.parley.model.InferenceSession.Feed;
import dev.parley.model.InferenceSession.Scored;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/** What a pass of {@link JavaRunner} takes and gives: new tokens of some sequences, one sequence after the other. */
final class ForwardBatch {

    private final List<Feed> feeds;
    private final List<BlockCache> sequences;
    private final int[] ids;
    private final int[] rows; // number of each token's feed
    private final int[] positions;
    private final int[] lengths; // of each token's text, as long as the pass makes it
    private final int headDim;
    private final Map<Rope, Rope.Table> tables = new ConcurrentHashMap<>();
    private final List<float[]> states = new ArrayList<>();
    private Optional<Trace> trace = Optional.empty();
    private Optional<InputSquares> squares = Optional.empty();

    /** @param feeds of sequences of the Java engine */
    ForwardBatch(List<Feed> feeds, ModelConfig config) {
        this.feeds = feeds;
        sequences = feeds.stream().map(BlockCache::of).toList();
        var n = 0;
        for (var feed : feeds) n += feed.ids().length;
        ids = new int[n];
        rows = new int[n];
        positions = new int[n];
        lengths = new int[n];
        headDim = config.headDim();
        var t = 0;
        for (int row = 0; row < feeds.size(); row++) {
            var fed = feeds.get(row).ids();
            for (int i = 0; i < fed.length; i++, t++) {
                ids[t] = fed[i];
                rows[t] = row;
                positions[t] = sequences.get(row).length() + i;
                lengths[t] = sequences.get(row).length() + fed.length;
            }
        }
    }

    /**
     * The same pass, which keeps what it computes on its way.
     *
     * @param trace with room for its tokens
     */
    ForwardBatch keeping(Trace trace) {
        this.trace = Optional.of(trace);
        return this;
    }

    /** The same pass, which adds up the squares of what its products read. */
    ForwardBatch counting(InputSquares squares) {
        this.squares = Optional.of(squares);
        return this;
    }

    /** Whether the vector that the head reads of a token is wanted. */
    boolean wantsState(int token) {
        return feeds.get(rows[token]).states();
    }

    /** The vectors that the head reads, of those tokens of which they are wanted. */
    List<float[]> states() {
        return states;
    }

    Optional<Trace> trace() {
        return trace;
    }

    Optional<InputSquares> squares() {
        return squares;
    }

    /** Makes room in the caches. */
    void reserve() {
        for (int row = 0; row < sequences.size(); row++) sequences.get(row).kv().reserve(feeds.get(row).ids().length);
    }

    /** Counts the new tokens in. */
    void advance() {
        for (int row = 0; row < sequences.size(); row++) sequences.get(row).kv().advance(feeds.get(row).ids().length);
    }

    int tokens() {
        return ids.length;
    }

    int id(int token) {
        return ids[token];
    }

    int position(int token) {
        return positions[token];
    }

    KvBlocks cache(int token) {
        return sequences.get(rows[token]).kv();
    }

    /** What changes the network for a token's text. */
    Optional<Adapter> adapter(int token) {
        return sequences.get(rows[token]).adapter();
    }

    /** Tokens of the longest text, those before counted. */
    int longest() {
        return Arrays.stream(positions).max().orElse(0) + 1;
    }

    /** Cosines and sines of the tokens' positions, which do not depend on the other texts of the pass. */
    Rope.Table table(Rope rope) {
        return tables.computeIfAbsent(rope, r -> r.table(headDim, positions, lengths));
    }

    /** The tokens after which scores are wanted. */
    int[] outputs() {
        var outputs = IntStream.builder();
        var at = 0;
        for (var feed : feeds) {
            if (feed.scored() == Scored.ALL) IntStream.range(at, at + feed.ids().length).forEach(outputs);
            at += feed.ids().length;
            if (feed.scored() == Scored.LAST) outputs.add(at - 1);
        }
        return outputs.build().toArray();
    }
}
