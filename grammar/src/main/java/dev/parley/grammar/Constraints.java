package dev.parley.grammar;

import dev.parley.tokenizer.Tokenizer;
import java.util.LinkedHashMap;
import java.util.Optional;

/** The grammars that a tokenizer's texts follow: what is found out about one is kept for the next text. Threads may share it. */
public final class Constraints {

    private static final int MOST_KEPT = 64;

    /** Bytes of all that is kept; what a text still follows is kept by it besides. */
    private static final long MOST_BYTES = Runtime.getRuntime().maxMemory() / 16;

    private final Tokenizer tokenizer;
    private Optional<Tries> tries = Optional.empty();
    private final LinkedHashMap<Grammar, TokenMasks> known = new LinkedHashMap<>(16, 0.75f, true);

    /** Nothing is found out yet, and nothing done before a grammar is asked for. */
    public Constraints(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** A grammar over the tokenizer's tokens. */
    public synchronized TokenMasks masks(Grammar grammar) {
        if (tries.isEmpty()) tries = Optional.of(Tries.of(tokenizer));
        var masks = known.computeIfAbsent(grammar, g -> new TokenMasks(g, tries.get().first, tries.get().later));
        while (known.size() > 1 && (known.size() > MOST_KEPT || weight() > MOST_BYTES)) known.pollFirstEntry();
        return masks;
    }

    /** About how many bytes is kept. */
    synchronized long weight() {
        return known.values().stream().mapToLong(TokenMasks::weight).sum();
    }

    /** What tokens stand for at the beginning of a text, and later; mostly one and the same. */
    private record Tries(TokenTrie first, TokenTrie later) {

        static Tries of(Tokenizer tokenizer) {
            TokenTrie first = TokenTrie.of(tokenizer, true), later = TokenTrie.of(tokenizer, false);
            return new Tries(first.hasTextsOf(later) ? later : first, later);
        }
    }
}
