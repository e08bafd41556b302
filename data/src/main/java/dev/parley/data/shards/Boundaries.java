package dev.parley.data.shards;

import dev.parley.tokenizer.Tokenizer;
import java.util.OptionalInt;

/**
 * The tokens that stand before and after each document; a tokenizer without such tokens has none, and documents then follow each other
 * as they are.
 *
 * @param begin the token that begins texts, or else the one that ends them
 */
public record Boundaries(OptionalInt begin, OptionalInt end) {

    /** None. */
    public static final Boundaries NONE = new Boundaries(OptionalInt.empty(), OptionalInt.empty());

    /** Those of a tokenizer. */
    public static Boundaries of(Tokenizer tokenizer) {
        var begin = tokenizer.bosTokenId();
        return new Boundaries(begin.isPresent() ? begin : tokenizer.eosTokenId(), tokenizer.eosTokenId());
    }

    /** In a stream one token between two documents is enough where begin and end are the same: GPT-2's. */
    Boundaries ofStream() {
        return begin.equals(end) ? new Boundaries(OptionalInt.empty(), end) : this;
    }

    /** A number that other boundaries have not. */
    long fingerprint() {
        return (begin.orElse(-1) + 1L) << 32 | end.orElse(-1) + 1L;
    }

    int count() {
        return (begin.isPresent() ? 1 : 0) + (end.isPresent() ? 1 : 0);
    }
}
