package dev.parley.model;

import dev.parley.kernels.attention.KvBlocks;
import dev.parley.model.InferenceSession.Feed;
import java.util.Optional;

/**
 * A sequence of a {@link JavaSession}.
 *
 * @param kv its keys and values, in blocks of the session's pool
 * @param adapter that changes the network for it
 */
record BlockCache(KvBlocks kv, Optional<Adapter> adapter) implements SequenceCache {

    /** The sequence of a feed. */
    static BlockCache of(Feed feed) {
        return (BlockCache) feed.sequence();
    }

    @Override
    public int length() {
        return kv.length();
    }

    @Override
    public SequenceCache fork() {
        return new BlockCache(kv.copy(), adapter);
    }

    @Override
    public void truncate(int length) {
        kv.truncate(length);
    }

    @Override
    public Optional<KvBlocks> blocks() {
        return Optional.of(kv);
    }

    @Override
    public void close() {
        kv.close();
    }
}
