package dev.parley.grammar;

import dev.parley.grammar.Configurations.Configuration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/**
 * A grammar over the tokens of a vocabulary: which may come after those that are there. What has been found out once is kept,
 * as far as there is room, for all texts that follow the grammar. Threads may share it.
 */
public final class TokenMasks {

    /** Bytes of masks, and as many of configurations; a mask of a vocabulary of 150,000 has 19 kB. */
    static final long MOST_BYTES = 16 << 20;

    private final TokenTrie first;
    private final TokenTrie later;
    private final long weight; // of the grammar
    private final Configurations configurations;
    private final Map<Configuration, CompletableFuture<long[]>> masks = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Configuration, CompletableFuture<long[]>> eldest) {
            return size() > 1 && size() * maskBytes() > MOST_BYTES;
        }
    };
    private Optional<CompletableFuture<long[]>> firstMask = Optional.empty(); // before the first token

    /** @param first what tokens stand for at the beginning of a text; @param later after it */
    TokenMasks(Grammar grammar, TokenTrie first, TokenTrie later) {
        this.first = first;
        this.later = later;
        weight = grammar.automaton().weight();
        configurations = new Configurations(grammar.automaton(), MOST_BYTES);
    }

    private long maskBytes() {
        return later.vocabSize() / 8L + 100;
    }

    /** About how many bytes it and its grammar take. */
    long weight() {
        synchronized (masks) {
            return weight + configurations.weight() + masks.size() * maskBytes();
        }
    }

    /**
     * Follows a text, or the beams of one.
     *
     * @param from where in its tokens what is under the grammar begins
     */
    public GrammarProgress follow(int from) {
        return new GrammarProgress(this, from);
    }

    int vocabSize() {
        return later.vocabSize();
    }

    Configuration start() {
        return configurations.start();
    }

    /**
     * The configuration after a token more.
     *
     * @param index of the token in what is under the grammar
     * @throws IllegalStateException if the grammar does not allow it
     */
    Configuration after(Configuration at, int id, int index) {
        var work = Work.ofStep();
        for (var b : (index == 0 ? first : later).text(id)) {
            at = at.after(b, work);
            if (at == null) throw new IllegalStateException("Token " + id + " at " + index + " is not allowed by the grammar.");
        }
        return at;
    }

    /** Whether it is known what may come, or why that cannot be known; if not, some thread is asked to find it out. */
    boolean isReady(Configuration at, int index, Executor executor) {
        var asked = asked(at, index);
        if (asked.isNew) executor.execute(() -> findOut(asked, index));
        return asked.mask.isDone();
    }

    /** The tokens that may come, as bits. @throws GrammarException if that takes too much work to find out */
    long[] mask(Configuration at, int index) {
        var asked = asked(at, index);
        if (asked.isNew) findOut(asked, index);
        try {
            return asked.mask.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof GrammarException why) throw new GrammarException(why.getMessage());
            throw e;
        }
    }

    private void findOut(Asked asked, int index) {
        try {
            asked.mask.complete((index == 0 ? first : later).allowed(asked.at));
        } catch (RuntimeException | Error e) { // whoever waits is told
            asked.mask.completeExceptionally(e);
        }
    }

    /** @param at a configuration of the same mask; @param isNew whether it is to be found out */
    private record Asked(Configuration at, CompletableFuture<long[]> mask, boolean isNew) {}

    private Asked asked(Configuration at, int index) {
        var alike = index == 0 ? at : configurations.alike(at, later.depth());
        synchronized (masks) {
            var mask = index == 0 ? firstMask : Optional.ofNullable(masks.get(alike));
            if (mask.isPresent()) return new Asked(alike, mask.get(), false);
            var fresh = new CompletableFuture<long[]>();
            if (index == 0) firstMask = Optional.of(fresh);
            else masks.put(alike, fresh);
            return new Asked(alike, fresh, true);
        }
    }
}
