package dev.parley.grammar;

import dev.parley.grammar.Grammar.Compiled;
import java.util.LinkedHashMap;
import java.util.Optional;

/**
 * The grammars that were compiled last, by their source: an agent sends the same tools with each of its requests. Safe for use by
 * several threads.
 */
final class GrammarCache {

    private static final int MOST = 256;

    private final long mostBytes = Math.min(128L << 20, Runtime.getRuntime().maxMemory() / 32);
    private final LinkedHashMap<Key, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    private record Key(String kind, String source) {}

    private record Kept(Compiled grammar, long weight) {}

    synchronized Optional<Compiled> get(String kind, String source) {
        return Optional.ofNullable(kept.get(new Key(kind, source))).map(Kept::grammar);
    }

    synchronized void keep(String kind, String source, Compiled grammar) {
        var weight = grammar.automaton().weight() + 40L * source.length(); // the rules' expressions are some times the text
        if (weight > mostBytes / 2) return;
        var before = kept.put(new Key(kind, source), new Kept(grammar, weight));
        bytes += weight - (before == null ? 0 : before.weight);
        while (kept.size() > MOST || bytes > mostBytes) bytes -= kept.pollFirstEntry().getValue().weight;
    }
}
