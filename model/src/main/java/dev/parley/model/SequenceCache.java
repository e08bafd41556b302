package dev.parley.model;

import dev.parley.kernels.attention.KvBlocks;
import java.util.Optional;

/** The keys and values of a sequence's tokens, in an {@link InferenceSession}. Close it when the sequence is done. */
public interface SequenceCache extends AutoCloseable {

    /** Tokens that have been fed. */
    int length();

    /** The same tokens again, for a sequence that goes on otherwise. */
    SequenceCache fork();

    /** Forgets all tokens from a position on. */
    void truncate(int length);

    /** What changes the model for it. */
    default Optional<Adapter> adapter() {
        return Optional.empty();
    }

    /** The blocks of the session's pool that hold it; empty where it has memory of its own. */
    Optional<KvBlocks> blocks();

    @Override
    void close();
}
