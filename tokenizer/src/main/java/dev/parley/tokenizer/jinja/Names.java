package dev.parley.tokenizer.jinja;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The names that a template reads, gives values to and calls, so that a call of what there cannot be is found at load. */
final class Names {

    private final List<String> reads = new ArrayList<>();
    private final Set<String> given = new HashSet<>();
    private final Map<String, Integer> calls = new LinkedHashMap<>(); // with the line of the first

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

    /** How many reads there have been, to ask {@link #readSince} about later ones. */
    int mark() {
        return reads.size();
    }

    boolean readSince(int mark, String name) {
        return reads.subList(mark, reads.size()).contains(name);
    }

    /** @throws SyntaxFault naming the first function called that there is not */
    void check() {
        for (var call : calls.entrySet()) {
            if (!given.contains(call.getKey()) && !Globals.isKnown(call.getKey())) {
                throw new SyntaxFault(call.getValue(), "there is no function '" + call.getKey() + "'");
            }
        }
    }
}
