package dev.parley.generate.constraint;

import dev.parley.generate.constraint.Configurations.Configuration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A grammar over the tokens of a vocabulary: which may come after those that are there. What has been found out once is kept,
 * for all texts that follow the grammar. Threads may share it.
 */
public final class TokenMasks {

    /** Masks that are kept; one of a vocabulary of 150,000 has 19 kB. */
    private static final int MOST_KEPT = 1_000;

    private final TokenTrie first;
    private final TokenTrie later;
    private Optional<long[]> firstMask = Optional.empty();
    private final Configurations configurations;
    private final Map<Configuration, long[]> masks = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Configuration, long[]> eldest) {
            return size() > MOST_KEPT;
        }
    };

    /** @param first what tokens stand for at the beginning of a text; @param later after it */
    TokenMasks(Grammar grammar, TokenTrie first, TokenTrie later) {
        this.first = first;
        this.later = later;
        configurations = new Configurations(grammar.automaton());
    }

    /**
     * Leaves the scores of tokens that may come next, and gives all others minus infinity.
     *
     * @param ids of a text; what is before {@code from} is not under the grammar
     * @param ends tokens that end a text, allowed where the grammar is satisfied
     * @throws GrammarException if no token may come
     */
    public synchronized void apply(int[] ids, int from, List<Integer> ends, float[] logits) {
        var at = after(ids, from);
        var mask = ids.length == from ? firstMask() : masks.computeIfAbsent(at, later::allowed);
        var endScores = ends.stream().mapToDouble(id -> logits[id]).toArray();
        for (int id = 0; id < logits.length; id++) {
            if (id >= later.vocabSize() || (mask[id >> 6] >> id & 1) == 0) logits[id] = Float.NEGATIVE_INFINITY;
        }
        for (int i = 0; i < endScores.length; i++) logits[ends.get(i)] = at.complete() ? (float) endScores[i] : Float.NEGATIVE_INFINITY;
        if (Arrays.stream(mask).allMatch(bits -> bits == 0) && !(at.complete() && endScores.length > 0)) {
            throw new GrammarException("The grammar asks for a character that the model has no token for.");
        }
    }

    private long[] firstMask() {
        if (firstMask.isEmpty()) firstMask = Optional.of(first.allowed(configurations.start()));
        return firstMask.get();
    }

    /** Whether nothing can follow: the text satisfies the grammar, and would not with any more. */
    public synchronized boolean mustEnd(int[] ids, int from) {
        return after(ids, from).mustEnd();
    }

    private Configuration after(int[] ids, int from) {
        var at = configurations.start();
        for (int i = from; i < ids.length; i++) {
            for (var b : (i == from ? first : later).text(ids[i])) {
                at = at.after(b);
                if (at == null) throw new IllegalStateException("Token " + ids[i] + " at " + (i - from) + " is not allowed by the grammar.");
            }
        }
        return at;
    }
}
