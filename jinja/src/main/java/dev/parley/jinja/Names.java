package dev.parley.jinja;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * The names that a template reads, gives values to and calls, so that a call of what there cannot be is found at load. A filter or a test
 * that there is not is found at load too, unless an {@code if} stands around it, as in Jinja: then it fails where it is reached.
 */
final class Names {

    private final List<String> reads = new ArrayList<>();
    private final Set<String> given = new HashSet<>();
    private final Map<String, Integer> calls = new LinkedHashMap<>(); // with the line of the first

    /** Filters and tests that there are not, of which no condition decides. */
    private final List<SyntaxFault> missing = new ArrayList<>();
    private int conditions; // around here, up to the nearest block that is compiled apart

    void read(String name) {
        reads.add(name);
    }

    void given(String name) {
        given.add(name);
    }

    /** The template asks whether the name is there before it uses it. */
    void guarded(String name) {
        given.add(name);
    }

    void called(String name, int line) {
        calls.putIfAbsent(name, line);
    }

    /** A filter or a test that there is not. */
    void missing(String kind, String name, int line) {
        if (conditions == 0) missing.add(new SyntaxFault(line, "there is no " + kind + " '" + name + "'"));
    }

    /** How many are missing so far, to tell {@link #perhapsUnreached} of later ones. */
    int missing() {
        return missing.size();
    }

    /** What was missing since then stands in a conditional expression. */
    void perhapsUnreached(int mark) {
        missing.subList(mark, missing.size()).clear();
    }

    /** Reads what a condition decides of. */
    <T> T conditional(Supplier<T> part) {
        conditions++;
        var read = part.get();
        conditions--;
        return read;
    }

    /** Reads a block that is compiled apart, whatever stands around it. */
    <T> T apart(Supplier<T> part) {
        var around = conditions;
        conditions = 0;
        var read = part.get();
        conditions = around;
        return read;
    }

    /** How many reads there have been, to ask {@link #readSince} about later ones. */
    int mark() {
        return reads.size();
    }

    boolean readSince(int mark, String name) {
        return reads.subList(mark, reads.size()).contains(name);
    }

    /** Names that are read and that only an input can give a value. */
    Set<String> free() {
        var free = new TreeSet<>(reads);
        free.removeAll(given);
        free.removeIf(Globals::isKnown);
        return free;
    }

    /** @throws SyntaxFault naming the first filter, test or called function that there is not */
    void check() {
        if (!missing.isEmpty()) throw missing.getFirst();
        for (var call : calls.entrySet()) {
            if (!given.contains(call.getKey()) && !Globals.isKnown(call.getKey())) {
                throw new SyntaxFault(call.getValue(), "there is no function '" + call.getKey() + "'");
            }
        }
    }
}
