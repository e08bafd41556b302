package dev.parley.generate.constraint;

import dev.parley.generate.constraint.Expression.Call;
import dev.parley.generate.constraint.Expression.Characters;
import dev.parley.generate.constraint.Expression.Choice;
import dev.parley.generate.constraint.Expression.Repeat;
import dev.parley.generate.constraint.Expression.Sequence;
import dev.parley.generate.constraint.Expression.Text;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/** Lays expressions out as states and steps between them (Thompson 1968, doi:10.1145/363347.363387). */
final class AutomatonBuilder {

    /** States at most: a pattern such as {@code (x{1000}){1000}} ends here, with a sentence. */
    private static final int MOST_STATES = 400_000;

    private final Map<String, Integer> ruleOf;
    private int[] first = new int[1 << 8]; // of each state: where its chain of steps begins, or -1
    private int states;
    private int[] steps = new int[5 << 8]; // kind, a, b, target, next of the chain
    private int stepCount;

    /** @param ruleOf the number of each rule by its name */
    AutomatonBuilder(Map<String, Integer> ruleOf) {
        this.ruleOf = ruleOf;
    }

    int[] first() {
        return Arrays.copyOf(first, states);
    }

    int[] steps() {
        return Arrays.copyOf(steps, 5 * stepCount);
    }

    int state() {
        if (states == MOST_STATES) throw new GrammarException("The grammar is too large: it has more than " + MOST_STATES + " states; use smaller repetitions.");
        if (states == first.length) first = Arrays.copyOf(first, 2 * states);
        first[states] = -1;
        return states++;
    }

    private void step(int from, int kind, int a, int b, int target) {
        if (stepCount > 10 * MOST_STATES) throw new GrammarException("The grammar is too large: it has more than " + stepCount + " steps.");
        if (5 * stepCount + 5 > steps.length) steps = Arrays.copyOf(steps, 2 * steps.length);
        var at = 5 * stepCount++;
        steps[at] = kind;
        steps[at + 1] = a;
        steps[at + 2] = b;
        steps[at + 3] = target;
        steps[at + 4] = first[from];
        first[from] = at;
    }

    private void silentStep(int from, int to) {
        step(from, Automaton.SILENT, 0, 0, to);
    }

    private int after(int from, int value) {
        var to = state();
        step(from, Automaton.BYTES, value, value, to);
        return to;
    }

    /** Adds what reads an expression. @return the state after it */
    int add(Expression expression, int from) {
        return switch (expression) {
            case Text(var text) -> {
                for (var b : text.getBytes(StandardCharsets.UTF_8)) from = after(from, b & 0xff);
                yield from;
            }
            case Characters(var set) -> {
                var to = state();
                for (var range : set.ranges()) addRange(from, range[0], range[1], to);
                yield to;
            }
            case Sequence(var parts) -> {
                for (var part : parts) from = add(part, from);
                yield from;
            }
            case Choice(var options) -> {
                var to = state();
                for (var option : options) {
                    var begin = state(); // of its own: a loop in one option must not lead into another
                    silentStep(from, begin);
                    silentStep(add(option, begin), to);
                }
                yield to;
            }
            case Repeat repeat -> addRepeat(repeat, from);
            case Call(var rule) -> {
                var called = ruleOf.get(rule);
                if (called == null) throw new GrammarException("The grammar has no rule " + rule + ", which another rule names.");
                var to = state();
                step(from, Automaton.CALL, called, 0, to);
                yield to;
            }
        };
    }

    private int addRepeat(Repeat repeat, int from) {
        for (int i = 0; i < repeat.least(); i++) from = add(repeat.part(), from);
        if (repeat.most() != Expression.UNBOUNDED && repeat.most() <= repeat.least()) return from;
        var to = state();
        if (repeat.most() == Expression.UNBOUNDED) {
            var loop = state();
            silentStep(from, loop);
            silentStep(add(repeat.part(), loop), loop);
            silentStep(loop, to);
            return to;
        }
        for (int i = repeat.least(); i < repeat.most(); i++) {
            silentStep(from, to);
            var begin = state();
            silentStep(from, begin);
            from = add(repeat.part(), begin);
        }
        silentStep(from, to);
        return to;
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
