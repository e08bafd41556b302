package dev.parley.generate.constraint;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * Rules as one graph of states. A step reads a byte, or reads nothing, or calls a rule and goes on when that has ended: a
 * recursive transition network (Woods 1970, doi:10.1145/355598.362773). What cannot come to an end is left out. Immutable.
 */
final class Automaton {

    /** Kinds of steps: bytes a..b, nothing, and a call of rule a. */
    static final int BYTES = 0;
    static final int SILENT = 1;
    static final int CALL = 2;

    private final int[] first; // of each state: where its chain of steps begins, or -1
    private final int[] steps; // kind, a, b, target, next of the chain
    private final int[] start; // of each rule; the first rule is the root
    private final BitSet ends; // the states where a rule has ended
    private final BitSet live; // the states from which an end can be reached
    private final int[] classOf = new int[256];
    private final int[] byteOf; // of each class

    private Automaton(int[] first, int[] steps, int[] start, BitSet ends, BitSet live) {
        this.first = first;
        this.steps = steps;
        this.start = start;
        this.ends = ends;
        this.live = live;
        byteOf = classify();
    }

    /**
     * @param rules by name
     * @param root the rule that a whole text follows
     * @throws GrammarException if a rule is missing, calls itself before it reads anything, or cannot come to an end
     */
    static Automaton compile(Map<String, Expression> rules, String root) {
        if (!rules.containsKey(root)) throw new GrammarException("The grammar has no rule " + root + ", with which a text begins.");
        var names = new ArrayList<>(rules.keySet());
        names.remove(root);
        names.addFirst(root);
        var ruleOf = new HashMap<String, Integer>();
        for (var name : names) ruleOf.put(name, ruleOf.size());
        var builder = new AutomatonBuilder(ruleOf);
        int[] start = new int[names.size()], end = new int[names.size()];
        for (int rule = 0; rule < start.length; rule++) {
            start[rule] = builder.state();
            end[rule] = builder.add(rules.get(names.get(rule)), start[rule]);
        }
        var checks = new AutomatonChecks(names, builder.first(), builder.steps(), start, end);
        checks.refuseLeftRecursion();
        var ends = new BitSet();
        for (var state : end) ends.set(state);
        return new Automaton(builder.first(), builder.steps(), start, ends, checks.live());
    }

    /** Bytes that no step tells apart are one class. */
    private int[] classify() {
        var begins = new BitSet();
        for (int s = 0; s < steps.length; s += 5) {
            if (steps[s] != BYTES) continue;
            begins.set(steps[s + 1]);
            begins.set(steps[s + 2] + 1);
        }
        begins.set(0);
        begins.clear(256);
        var classes = begins.stream().toArray();
        for (int c = 0; c < classes.length; c++) java.util.Arrays.fill(classOf, classes[c], 256, c);
        return classes;
    }

    /** The state in which a rule begins; rule 0 is the root. */
    int start(int rule) {
        return start[rule];
    }

    /** How many classes of bytes there are. */
    int classes() {
        return byteOf.length;
    }

    /** The class of a byte: all bytes of one class lead to the same. */
    int classOf(byte b) {
        return classOf[b & 0xff];
    }

    /**
     * Where a state leads without reading.
     *
     * @param reading states from which a byte can be read
     * @param calls rules that can be called, and the state to go on with after each, in turn
     * @param ends whether the rule may end here
     */
    record Silently(int[] reading, int[] calls, boolean ends) {

        /** Whether all that can happen is that the rule ends. */
        boolean onlyEnds() {
            return ends && reading.length == 0 && calls.length == 0;
        }
    }

    Silently silently(int from) {
        var reached = new LinkedHashSet<>(List.of(from));
        var open = new ArrayDeque<>(reached);
        var reading = new ArrayList<Integer>();
        var calls = new ArrayList<Integer>();
        var mayEnd = false;
        while (!open.isEmpty()) {
            var state = open.poll();
            mayEnd |= ends.get(state);
            var reads = false;
            for (int s = first[state]; s >= 0; s = steps[s + 4]) {
                var target = steps[s + 3];
                if (!live.get(target)) continue;
                if (steps[s] == BYTES) reads = true;
                else if (steps[s] == SILENT && reached.add(target)) open.add(target);
                else if (steps[s] == CALL && live.get(start[steps[s + 1]])) calls.addAll(List.of(steps[s + 1], target));
            }
            if (reads) reading.add(state);
        }
        return new Silently(ints(reading), ints(calls), mayEnd);
    }

    /** The states that a byte of a class leads to. */
    int[] read(int state, int byteClass) {
        var b = byteOf[byteClass];
        var targets = new ArrayList<Integer>();
        for (int s = first[state]; s >= 0; s = steps[s + 4]) {
            if (steps[s] == BYTES && steps[s + 1] <= b && b <= steps[s + 2] && live.get(steps[s + 3])) targets.add(steps[s + 3]);
        }
        return ints(targets);
    }

    private static int[] ints(List<Integer> list) {
        return list.stream().mapToInt(i -> i).toArray();
    }
}
