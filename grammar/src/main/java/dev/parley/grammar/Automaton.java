package dev.parley.grammar;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Rules as one graph of states. A step reads a byte, or reads nothing, or calls a rule and goes on when that has ended: a
 * recursive transition network (Woods 1970, doi:10.1145/355598.362773). What cannot come to an end is left out. Immutable.
 */
final class Automaton {

    /** Kinds of steps: bytes a..b, nothing, a call of rule a, and calls of rule a as often as bounds b say, the only step of its state. */
    static final int BYTES = 0;
    static final int SILENT = 1;
    static final int CALL = 2;
    static final int REPEAT = 3;

    private final int[] first; // of each state: where its chain of steps begins, or -1
    private final int[] steps; // kind, a, b, target, next of the chain
    private final int[] start; // of each rule; the first rule is the root
    private final int[][] bounds; // least and most of each repetition that is counted
    private final BitSet ends; // the states where a rule has ended
    private final BitSet live; // the states from which an end can be reached
    private final int[] classOf = new int[256];
    private final int[] byteOf; // of each class

    private Automaton(AutomatonBuilder builder, AutomatonChecks checks) {
        first = builder.graph().first();
        steps = builder.graph().steps();
        start = builder.starts();
        bounds = checks.bounds();
        live = checks.live();
        ends = new BitSet();
        for (var state : builder.ends()) ends.set(state);
        byteOf = classify();
    }

    /**
     * @param rules by name
     * @param root the rule that a whole text follows
     * @throws GrammarException if a rule is missing, calls itself before it reads anything, or cannot come to an end, or all is too much
     */
    static Automaton compile(Map<String, Expression> rules, String root, Work work) {
        if (!rules.containsKey(root)) throw new GrammarException("The grammar has no rule " + root + ", with which a text begins.");
        var names = new ArrayList<>(rules.keySet());
        names.remove(root);
        names.addFirst(root);
        var builder = new AutomatonBuilder(names, rules, work);
        var checks = new AutomatonChecks(names, builder, work);
        checks.refuseLeftRecursion();
        return new Automaton(builder, checks);
    }

    /** About how many bytes it takes. */
    long weight() {
        return 4L * (first.length + steps.length + start.length) + 24L * bounds.length + 4_000;
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
     * @param loops states that count
     * @param ends whether the rule may end here
     */
    record Silently(int[] reading, int[] calls, int[] loops, boolean ends) {

        /** Whether all that can happen is that the rule ends. */
        boolean onlyEnds() {
            return ends && reading.length == 0 && calls.length == 0 && loops.length == 0;
        }
    }

    /**
     * What a state that counts does.
     *
     * @param start of the rule that it calls
     * @param after where it leads to when it has called it often enough
     * @param mayCall whether what it calls can come to an end
     */
    record Loop(int start, int least, int most, int after, boolean mayCall) {

        /** One more time, as far as it matters. */
        int next(int count) {
            return most == Expression.UNBOUNDED ? Math.min(count + 1, least) : count + 1;
        }

        boolean hasMore(int count) {
            return mayCall && (most == Expression.UNBOUNDED || count < most);
        }

        /** A count from which texts of so many bytes go on as from this one: far from both bounds all are alike. */
        int alike(int count, int bytes) {
            if (least - count > bytes) return least - bytes - 1;
            return count >= least && most != Expression.UNBOUNDED && most - count > bytes ? least : count;
        }
    }

    /** What a state does, if it is one that counts. */
    Optional<Loop> loop(int state) {
        var s = first[state];
        if (s < 0 || steps[s] != REPEAT) return Optional.empty();
        var bound = bounds[steps[s + 2]];
        var body = start[steps[s + 1]];
        return Optional.of(new Loop(body, bound[0], bound[1], steps[s + 3], live.get(body)));
    }

    Silently silently(int from) {
        var reached = new LinkedHashSet<>(List.of(from));
        var open = new ArrayDeque<>(reached);
        var reading = new ArrayList<Integer>();
        var calls = new ArrayList<Integer>();
        var loops = new ArrayList<Integer>();
        var mayEnd = false;
        while (!open.isEmpty()) {
            var state = open.poll();
            mayEnd |= ends.get(state);
            var reads = false;
            for (int s = first[state]; s >= 0; s = steps[s + 4]) {
                var target = steps[s + 3];
                if (!live.get(target)) continue;
                if (steps[s] == BYTES) reads = true;
                else if (steps[s] == REPEAT) loops.add(state);
                else if (steps[s] == SILENT && reached.add(target)) open.add(target);
                else if (steps[s] == CALL && live.get(start[steps[s + 1]])) calls.addAll(List.of(steps[s + 1], target));
            }
            if (reads) reading.add(state);
        }
        return new Silently(ints(reading), ints(calls), ints(loops), mayEnd);
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
