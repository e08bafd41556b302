package dev.parley.grammar;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** States and the steps between them while they are laid out, in arrays that grow. Each costs work, and there are only so many. */
final class StateGraph {

    /** States at most: a list of many thousand long texts ends here, with a sentence. */
    private static final int MOST_STATES = 400_000;

    private static final int MOST_STEPS = 5 * MOST_STATES;

    private final Work work;
    private int[] first = new int[1 << 8]; // of each state: where its chain of steps begins, or -1
    private int states;
    private int[] steps = new int[5 << 8]; // kind, a, b, target, next of the chain
    private int stepCount;
    private String rule = "";

    StateGraph(Work work) {
        this.work = work;
    }

    /** What follows belongs to this rule, if it is to be named in a fault. */
    void beginRule(String name) {
        rule = name;
    }

    int[] first() {
        return Arrays.copyOf(first, states);
    }

    int[] steps() {
        return Arrays.copyOf(steps, 5 * stepCount);
    }

    /** Adds a state without steps. @return its number */
    int state() {
        work.pay(1);
        if (states == MOST_STATES) throw tooLarge(MOST_STATES + " states");
        if (states == first.length) first = Arrays.copyOf(first, 2 * states);
        first[states] = -1;
        return states++;
    }

    void step(int from, int kind, int a, int b, int target) {
        work.pay(1);
        if (stepCount == MOST_STEPS) throw tooLarge(MOST_STEPS + " steps");
        if (5 * stepCount + 5 > steps.length) steps = Arrays.copyOf(steps, 2 * steps.length);
        var at = 5 * stepCount++;
        steps[at] = kind;
        steps[at + 1] = a;
        steps[at + 2] = b;
        steps[at + 3] = target;
        steps[at + 4] = first[from];
        first[from] = at;
    }

    private GrammarException tooLarge(String what) {
        var place = rule.substring(rule.indexOf('#') + 1);
        return new GrammarException("The grammar is too large: it has more than " + what
                + (rule.contains("#/") ? ", reached at #" + place : "") + "; ask for less at once.");
    }

    void silentStep(int from, int to) {
        step(from, Automaton.SILENT, 0, 0, to);
    }

    /** The state after one byte. */
    int after(int from, int value) {
        var to = state();
        step(from, Automaton.BYTES, value, value, to);
        return to;
    }

    /** Steps over each character of a set, as bytes of UTF-8. */
    void addSet(int from, CodePoints set, int to) {
        for (var range : set.ranges()) addRange(from, range[0], range[1], to);
    }

    /** The characters of a range as bytes of UTF-8: split until the bytes after the first different one run over all their values. */
    private void addRange(int from, int low, int high, int to) {
        for (var longest : new int[] {0x7f, 0x7ff, 0xffff}) {
            if (low <= longest && high > longest) {
                addRange(from, low, longest, to);
                addRange(from, longest + 1, high, to);
                return;
            }
        }
        byte[] a = Character.toString(low).getBytes(StandardCharsets.UTF_8), b = Character.toString(high).getBytes(StandardCharsets.UTF_8);
        for (int tail = a.length - 1; tail > 0; tail--) {
            var mask = (1 << 6 * tail) - 1; // of the last bytes
            if ((low & ~mask) == (high & ~mask)) continue;
            if ((low & mask) != 0) {
                addRange(from, low, low | mask, to);
                addRange(from, (low | mask) + 1, high, to);
                return;
            }
            if ((high & mask) != mask) {
                addRange(from, low, (high & ~mask) - 1, to);
                addRange(from, high & ~mask, high, to);
                return;
            }
        }
        for (int i = 0; i < a.length; i++) {
            var next = i == a.length - 1 ? to : state();
            step(from, Automaton.BYTES, a[i] & 0xff, b[i] & 0xff, next);
            from = next;
        }
    }
}
