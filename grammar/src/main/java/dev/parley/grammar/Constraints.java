package dev.parley.grammar;

import dev.parley.tokenizer.Tokenizer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The grammars that a tokenizer's texts follow: what is found out about one is kept for the next text. Threads may share it. */
public final class Constraints {

    private static final int MOST_KEPT = 64;

    /** Bytes of all that is kept; what a text still follows is kept by it besides. */
    private static final long MOST_BYTES = Runtime.getRuntime().maxMemory() / 16;

    private final Tokenizer tokenizer;
    private final Map<Set<Integer>, Tries> tries = new HashMap<>(); // by the special tokens that are shown, of which a model has few sets
    private final LinkedHashMap<Key, TokenMasks> known = new LinkedHashMap<>(16, 0.75f, true);

    private record Key(Grammar grammar, Set<Integer> shown) {}

    /** Nothing is found out yet, and nothing done before a grammar is asked for. */
    public Constraints(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** A grammar over the tokenizer's tokens. */
    public TokenMasks masks(Grammar grammar) {
        return masks(grammar, Set.of());
    }

    /**
     * The same where some special tokens stand for their names.
     *
     * @param shown their ids
     */
    public synchronized TokenMasks masks(Grammar grammar, Set<Integer> shown) {
        var texts = tries.computeIfAbsent(shown, s -> Tries.of(tokenizer, s));
        var masks = known.computeIfAbsent(new Key(grammar, shown), k -> new TokenMasks(grammar, texts.first, texts.later));
        while (known.size() > 1 && (known.size() > MOST_KEPT || weight() > MOST_BYTES)) known.pollFirstEntry();
        return masks;
    }

    /** About how many bytes is kept. */
    synchronized long weight() {
        return known.values().stream().mapToLong(TokenMasks::weight).sum();
    }

    /** What tokens stand for at the beginning of a text, and later; mostly one and the same. */
    private record Tries(TokenTrie first, TokenTrie later) {

        static Tries of(Tokenizer tokenizer, Set<Integer> shown) {
            TokenTrie first = TokenTrie.of(tokenizer, true, shown), later = TokenTrie.of(tokenizer, false, shown);
            return new Tries(first.hasTextsOf(later) ? later : first, later);
        }
    }
}
