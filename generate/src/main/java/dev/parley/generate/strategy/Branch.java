package dev.parley.generate.strategy;

import dev.parley.model.SequenceCache;
import java.util.Optional;

/** Tokens that a strategy wants the model to have read, and the cache of those that it has. */
public final class Branch {

    private final Tokens tokens;
    private Optional<SequenceCache> cache;

    Branch(Tokens tokens) {
        this(tokens, Optional.empty());
    }

    private Branch(Tokens tokens, Optional<SequenceCache> cache) {
        this.tokens = tokens;
        this.cache = cache;
    }

    /** All tokens. */
    public int[] ids() {
        return tokens.range(0, tokens.length());
    }

    /** Number of tokens, those not read yet counted. */
    public int length() {
        return tokens.length();
    }

    /** Tokens that have not been read yet. */
    public int pending() {
        return tokens.length() - cache().length();
    }

    /** The next tokens to read. */
    public int[] next(int count) {
        var read = cache().length();
        return tokens.range(read, read + count);
    }

    /** Whether it has a cache to read in. */
    public boolean isOpen() {
        return cache.isPresent();
    }

    /** Begins to read, in this cache. */
    public void open(SequenceCache empty) {
        cache = Optional.of(empty);
    }

    /** Where the keys and values of the tokens that were read are. Only while it is open. */
    public SequenceCache cache() {
        return cache.orElseThrow();
    }

    /** Forgets what was read. */
    public void close() {
        cache.ifPresent(SequenceCache::close);
        cache = Optional.empty();
    }

    /** A branch that goes on from here; this one may too. */
    Branch fork(Tokens longer) {
        return new Branch(longer, cache.map(SequenceCache::fork));
    }

    /** A branch that goes on from here in place of this one. */
    Branch grow(Tokens longer) {
        var grown = new Branch(longer, cache);
        cache = Optional.empty();
        return grown;
    }
}
