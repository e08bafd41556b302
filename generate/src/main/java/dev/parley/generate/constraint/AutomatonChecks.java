package dev.parley.generate.constraint;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** What is found out about a grammar before it is used: rules that would call themselves for ever, and states that lead nowhere. */
final class AutomatonChecks {

    private final List<String> names;
    private final int[] first;
    private final int[] steps;
    private final int[] start;
    private final int[] end;
    private final boolean[] nullable; // by rule: it may read nothing

    /** @param first and the others as {@link Automaton} has them; @param end of each rule */
    AutomatonChecks(List<String> names, int[] first, int[] steps, int[] start, int[] end) {
        this.names = names;
        this.first = first;
        this.steps = steps;
        this.start = start;
        this.end = end;
        nullable = new boolean[names.size()];
        for (var changed = true; changed; ) {
            changed = false;
            for (int rule = 0; rule < nullable.length; rule++) {
                if (nullable[rule] || !reachedSilently(start[rule]).get(end[rule])) continue;
                nullable[rule] = true;
                changed = true;
            }
        }
    }

    /** The states of a rule that are reached from one without reading a byte. */
    private BitSet reachedSilently(int from) {
        var reached = new BitSet();
        var open = new ArrayDeque<>(List.of(from));
        reached.set(from);
        while (!open.isEmpty()) {
            for (int s = first[open.poll()]; s >= 0; s = steps[s + 4]) {
                var silent = steps[s] == Automaton.SILENT || steps[s] == Automaton.CALL && nullable[steps[s + 1]];
                if (silent && !reached.get(steps[s + 3])) {
                    reached.set(steps[s + 3]);
                    open.add(steps[s + 3]);
                }
            }
        }
        return reached;
    }

    /** @throws GrammarException if a rule may call itself before it reads anything */
    void refuseLeftRecursion() {
        var calledFirst = new ArrayList<int[]>();
        for (int rule = 0; rule < start.length; rule++) calledFirst.add(calledFirst(rule));
        var waiting = calledFirst.stream().mapToInt(called -> called.length).toArray();
        var callers = new ArrayList<List<Integer>>();
        for (int rule = 0; rule < start.length; rule++) callers.add(new ArrayList<>());
        var free = new ArrayDeque<Integer>(); // a rule is taken away once all that it calls is: what stays calls in a circle
        for (int rule = 0; rule < start.length; rule++) {
            for (var called : calledFirst.get(rule)) callers.get(called).add(rule);
            if (waiting[rule] == 0) free.add(rule);
        }
        while (!free.isEmpty()) {
            for (var caller : callers.get(free.poll())) {
                if (--waiting[caller] == 0) free.add(caller);
            }
        }
        for (int rule = 0; rule < waiting.length; rule++) {
            if (waiting[rule] > 0) {
                throw new GrammarException("The grammar is left-recursive: rule " + names.get(inCircle(rule, calledFirst, waiting))
                        + " may call itself before it reads anything; write it with a repetition.");
            }
        }
    }

    private int[] calledFirst(int rule) {
        var called = new BitSet();
        reachedSilently(start[rule]).stream().forEach(state -> {
            for (int s = first[state]; s >= 0; s = steps[s + 4]) {
                if (steps[s] == Automaton.CALL) called.set(steps[s + 1]);
            }
        });
        return called.stream().toArray();
    }

    private static int inCircle(int rule, List<int[]> calledFirst, int[] waiting) {
        for (int i = 0; i < waiting.length; i++) { // after so many calls we are in the circle
            rule = Arrays.stream(calledFirst.get(rule)).filter(called -> waiting[called] > 0).findFirst().orElseThrow();
        }
        return rule;
    }

    /** The states from which an end can be reached. @throws GrammarException if the root cannot */
    BitSet live() {
        var live = new BitSet();
        for (var state : end) live.set(state);
        for (var changed = true; changed; ) {
            changed = false;
            for (int state = first.length - 1; state >= 0; state--) { // mostly laid out from front to back
                if (live.get(state)) continue;
                for (int s = first[state]; s >= 0 && !live.get(state); s = steps[s + 4]) {
                    if (live.get(steps[s + 3]) && (steps[s] != Automaton.CALL || live.get(start[steps[s + 1]]))) live.set(state);
                }
                changed |= live.get(state);
            }
        }
        if (!live.get(start[0])) throw new GrammarException("The grammar allows no text: what begins with rule " + names.getFirst() + " cannot come to an end.");
        return live;
    }
}
