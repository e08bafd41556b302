package dev.parley.torch;

import dev.parley.kernels.attention.KvBlocks;
import dev.parley.kernels.attention.KvPool;
import dev.parley.model.Adapter;
import dev.parley.model.InferenceSession;
import dev.parley.model.ModelConfig;
import dev.parley.model.ModelException;
import dev.parley.model.SequenceCache;
import dev.parley.model.Trace;
import java.util.List;
import java.util.Optional;

/** Sequences run by libtorch, one after the other in a pass, each with a cache of its own: prompts are read whole. */
final class TorchSession implements InferenceSession {

    private static final int MAX_TOKENS = 1024; // of short feeds in a pass, each of which is a forward pass of its own

    private final TorchRunner torch;
    private final ModelConfig config;

    TorchSession(TorchRunner torch, ModelConfig config) {
        this.torch = torch;
        this.config = config;
    }

    /** A sequence with memory of its own. */
    private record OwnCache(KvCache kv) implements SequenceCache {

        @Override
        public int length() {
            return kv.length();
        }

        @Override
        public SequenceCache fork() {
            return new OwnCache(kv.copy());
        }

        @Override
        public void truncate(int length) {
            if (length < kv.length()) kv.truncate(length);
        }

        @Override
        public Optional<KvBlocks> blocks() {
            return Optional.empty();
        }

        @Override
        public void close() {
            kv.close();
        }
    }

    @Override
    public SequenceCache open(Optional<Adapter> adapter) {
        if (adapter.isPresent()) throw new ModelException("Adapters run on the Java engine: choose --engine java or auto.");
        return new OwnCache(KvCache.of(config));
    }

    @Override
    public List<Output> feed(List<Feed> feeds) {
        return feeds.stream().map(feed -> torch.feed(feed.ids(), ((OwnCache) feed.sequence()).kv, feed.scored(), feed.states())).toList();
    }

    @Override
    public Trace trace(SequenceCache sequence, int... ids) {
        throw new ModelException("What layers and heads do is told by the Java engine, and this model is run by libtorch alone.");
    }

    @Override
    public float[][] scores(float[][] residuals) {
        return torch.scores(residuals);
    }

    @Override
    public int maxTokensPerPass() {
        return MAX_TOKENS;
    }

    @Override
    public int readsAtOnceFrom() {
        return 1;
    }

    @Override
    public Optional<KvPool> pool() {
        return Optional.empty();
    }

    @Override
    public void close() {
        // Each sequence has its own memory.
    }
}
