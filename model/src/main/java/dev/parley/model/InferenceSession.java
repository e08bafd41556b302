package dev.parley.model;

import dev.parley.kernels.attention.KvPool;
import java.util.List;
import java.util.Optional;

/**
 * The door to a running model: sequences come and go, and each pass takes new tokens of any of them, of one sequence many and of
 * another a single one.
 *
 * <pre>{@code
 * try (var session = model.openSession(1L << 30); var sequence = session.open()) {
 *     float[] scores = session.feed(List.of(Feed.of(sequence, promptIds))).getFirst().scores()[0];
 * }
 * }</pre>
 *
 * What is computed for a sequence does not depend on the others; by the Java engine to the last bit, and neither on how its tokens
 * were divided among passes. One thread may use a session at a time.
 */
public interface InferenceSession extends AutoCloseable {

    /** An empty sequence. Close it when it is done. */
    default SequenceCache open() {
        return open(Optional.empty());
    }

    /**
     * An empty sequence that the model reads and continues as an adapter has changed it.
     *
     * @param adapter of this model; empty for the model as it is
     * @throws ModelException if what runs the model cannot do so
     */
    SequenceCache open(Optional<Adapter> adapter);

    /**
     * One pass over new tokens of some sequences, each of which goes on where its cache ends.
     *
     * @param feeds each of another sequence
     * @return what was asked for, for each feed; the arrays are the caller's until the next pass
     */
    List<Output> feed(List<Feed> feeds);

    /**
     * Feeds new tokens, and tells what was computed on the way: attention, and what each branch added.
     *
     * @param ids of the new tokens, which the sequence then has
     * @throws ModelException if what runs the model cannot tell
     */
    Trace trace(SequenceCache sequence, int... ids);

    /**
     * What the head makes of residual streams: the last norm, then the score of every token as the next.
     *
     * @param residuals (N, C)
     * @return (N, V)
     */
    float[][] scores(float[][] residuals);

    /** New tokens of all sequences in one pass at most, but for prompts that are read at once. */
    int maxTokensPerPass();

    /** A new sequence whose first feed has at least so many tokens, and no scores but the last, is read at once, however long it is. */
    int readsAtOnceFrom();

    /** Whose blocks hold the keys and values of all sequences; empty where each sequence has memory of its own. */
    Optional<KvPool> pool();

    @Override
    void close();

    /** After which new tokens of a sequence the scores of every token as the next are wanted. */
    enum Scored { NONE, LAST, ALL }

    /**
     * New tokens of a sequence.
     *
     * @param ids at least one
     * @param states whether the vector that the head reads is wanted for each of them
     */
    record Feed(SequenceCache sequence, int[] ids, Scored scored, boolean states) {

        /** Tokens after the last of which the scores of the next are wanted. */
        public static Feed of(SequenceCache sequence, int... ids) {
            return new Feed(sequence, ids, Scored.LAST, false);
        }
    }

    /**
     * What came of a feed.
     *
     * @param scores of every token as the next, (tokens scored, V); the caller may change them
     * @param states the vectors that the head reads, (new tokens, C); empty unless they were asked for
     */
    record Output(float[][] scores, float[][] states) {}
}
