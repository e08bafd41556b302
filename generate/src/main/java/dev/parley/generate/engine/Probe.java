package dev.parley.generate.engine;

import dev.parley.kernels.attention.KvBlocks;
import dev.parley.model.InferenceSession;
import dev.parley.model.SequenceCache;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A sequence that is read for its states and not continued, in pieces, so that running sequences need not wait. */
abstract class Probe<T> {

    private final String owner;
    private final int[] ids;
    private final CompletableFuture<T> result = new CompletableFuture<>();
    private Optional<SequenceCache> cache = Optional.empty();

    /** @param owner whose it is: who has much read waits for who has little read */
    Probe(String owner, int[] ids) {
        this.owner = owner;
        this.ids = ids;
    }

    String owner() {
        return owner;
    }

    /** What is found; cancelled by whoever does not want it any more. */
    CompletableFuture<T> result() {
        return result;
    }

    int[] ids() {
        return ids;
    }

    /** Begins at a sequence's first token, or after what is known of it. */
    abstract void begin(SequenceCache empty, PrefixCache prefixes);

    /** Where the piece from a token on ends, if it may have so many tokens. */
    abstract int end(int from, int most);

    /** Reads the next piece. */
    abstract void read(InferenceSession session, SequenceCache cache, int[] piece);

    /** What is found, once all is read. */
    abstract T found();

    /**
     * Reads the next piece, if there is memory for it.
     *
     * @param runningTexts each of which may need a block of memory soon
     * @return whether this is over
     */
    boolean step(InferenceSession session, PrefixCache prefixes, int most, int runningTexts) {
        if (result.isDone()) {
            letGo();
            return true;
        }
        try {
            if (cache.isEmpty()) {
                if (prefixes.available() < Math.ceilDiv(ids.length, KvBlocks.TOKENS) + runningTexts) return false;
                var empty = session.open();
                cache = Optional.of(empty);
                begin(empty, prefixes);
            }
            var text = cache.get();
            var piece = Arrays.copyOfRange(ids, text.length(), end(text.length(), most));
            if (!prefixes.free(PrefixCache.blocksFor(text, piece.length))) {
                letGo(); // texts that wait for this memory come first
                return false;
            }
            read(session, text, piece);
            if (text.length() < ids.length) return false;
            prefixes.keep(owner, ids, text);
            letGo();
            result.complete(found());
        } catch (RuntimeException | Error e) { // an Error too is this text's end, not the engine's
            fail(e instanceof RuntimeException ? e : new IllegalStateException("Reading the sequence failed: " + e, e));
        }
        return true;
    }

    /** Gives its memory back, and begins again later. @return whether it had any */
    boolean letGo() {
        var held = cache.isPresent();
        cache.ifPresent(SequenceCache::close);
        cache = Optional.empty();
        return held;
    }

    void fail(Throwable failure) {
        letGo();
        result.completeExceptionally(failure);
    }
}
