package dev.parley.grammar;

import dev.parley.grammar.Expression.Call;
import dev.parley.grammar.Expression.Characters;
import dev.parley.grammar.Expression.Choice;
import dev.parley.grammar.Expression.Machine;
import dev.parley.grammar.Expression.Repeat;
import dev.parley.grammar.Expression.Sequence;
import dev.parley.grammar.Expression.Text;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Lays expressions out as states and steps between them (Thompson 1968, doi:10.1145/363347.363387). A repetition of few states is
 * written out; a longer one is a state that counts, and calls what it repeats as a rule.
 */
final class AutomatonBuilder {

    /** States at most: a list of many thousand long texts ends here, with a sentence. */
    private static final int MOST_STATES = 400_000;

    private static final int MOST_STEPS = 5 * MOST_STATES;

    /** States of a repetition that is written out. */
    private static final int WRITTEN_OUT = 64;

    private final Map<String, Integer> ruleOf = new HashMap<>();
    private final List<String> names; // of the rules that have one; those after them are what is repeated
    private final List<int[]> rules = new ArrayList<>(); // start and end of each
    private final List<int[]> bounds = new ArrayList<>(); // least and most of each repetition that is counted
    private final Work work;
    private int[] first = new int[1 << 8]; // of each state: where its chain of steps begins, or -1
    private int states;
    private int[] steps = new int[5 << 8]; // kind, a, b, target, next of the chain
    private int stepCount;
    private String current = ""; // the rule that is being laid out

    /** Lays out all rules, the first of the names as rule 0. */
    AutomatonBuilder(List<String> names, Map<String, Expression> expressions, Work work) {
        this.names = names;
        this.work = work;
        for (var name : names) {
            ruleOf.put(name, ruleOf.size());
            rules.add(new int[2]);
        }
        for (int rule = 0; rule < names.size(); rule++) {
            current = names.get(rule);
            layOut(rule, expressions.get(current));
        }
    }

    private void layOut(int rule, Expression expression) {
        var start = state();
        rules.get(rule)[0] = start;
        rules.get(rule)[1] = add(expression, start);
    }

    int[] first() {
        return Arrays.copyOf(first, states);
    }

    int[] steps() {
        return Arrays.copyOf(steps, 5 * stepCount);
    }

    /** Where each rule begins. */
    int[] starts() {
        return rules.stream().mapToInt(r -> r[0]).toArray();
    }

    /** Where each rule ends. */
    int[] ends() {
        return rules.stream().mapToInt(r -> r[1]).toArray();
    }

    /** Least and most of each repetition that is counted. */
    int[][] bounds() {
        return bounds.toArray(int[][]::new);
    }

    private GrammarException tooLarge(String what) {
        var place = current.substring(current.indexOf('#') + 1);
        return new GrammarException("The grammar is too large: it has more than " + what
                + (current.contains("#/") ? ", reached at #" + place : "") + "; ask for less at once.");
    }

    private int state() {
        work.pay(1);
        if (states == MOST_STATES) throw tooLarge(MOST_STATES + " states");
        if (states == first.length) first = Arrays.copyOf(first, 2 * states);
        first[states] = -1;
        return states++;
    }

    private void step(int from, int kind, int a, int b, int target) {
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

    private void silentStep(int from, int to) {
        step(from, Automaton.SILENT, 0, 0, to);
    }

    private int after(int from, int value) {
        var to = state();
        step(from, Automaton.BYTES, value, value, to);
        return to;
    }

    /** Adds what reads an expression. @return the state after it */
    private int add(Expression expression, int from) {
        work.pay(1);
        return switch (expression) {
            case Text(var text) -> {
                for (var b : text.getBytes(StandardCharsets.UTF_8)) from = after(from, b & 0xff);
                yield from;
            }
            case Characters(var set) -> {
                var to = state();
                addSet(from, set, to);
                yield to;
            }
            case Sequence(var parts) -> {
                for (var part : parts) from = add(part, from);
                yield from;
            }
            case Choice(var options) -> addChoice(options, from);
            case Repeat repeat -> addRepeat(repeat, from);
            case Machine machine -> addMachine(machine, from);
            case Expression.Anchor anchor -> throw new IllegalStateException("Anchors are for automata over characters.");
            case Call(var rule) -> {
                var to = state();
                step(from, Automaton.CALL, rule(rule), 0, to);
                yield to;
            }
        };
    }

    private int rule(String name) {
        var rule = ruleOf.get(name);
        if (rule == null) throw new GrammarException("The grammar has no rule " + name + ", which another rule names.");
        return rule;
    }

    // ---- choices ----

    private int addChoice(List<Expression> options, int from) {
        var to = state();
        var texts = new ArrayList<byte[]>();
        for (var option : options) {
            if (option instanceof Text(var text)) {
                texts.add(text.getBytes(StandardCharsets.UTF_8));
            } else {
                var begin = state(); // of its own: a loop in one option must not lead into another
                silentStep(from, begin);
                silentStep(add(option, begin), to);
            }
        }
        if (!texts.isEmpty()) addTexts(texts, from, to);
        return to;
    }

    /** Texts as a tree: a list of many thousand names is one place, not as many as there are names. */
    private void addTexts(List<byte[]> texts, int from, int to) {
        texts.sort(Arrays::compareUnsigned);
        var path = new int[texts.stream().mapToInt(t -> t.length).max().orElseThrow() + 1]; // the state after each byte of the last text
        path[0] = state();
        silentStep(from, path[0]);
        var last = new byte[0];
        for (int i = 0; i < texts.size(); i++) {
            var text = texts.get(i);
            var shared = Arrays.mismatch(last, text);
            if (shared < 0 && i > 0) continue; // the same again
            for (int d = Math.max(0, shared); d < text.length; d++) path[d + 1] = after(path[d], text[d] & 0xff);
            silentStep(path[text.length], to);
            last = text;
        }
    }

    // ---- repetitions ----

    private int addRepeat(Repeat repeat, int from) {
        int least = repeat.least(), most = repeat.most();
        var size = size(repeat.part(), WRITTEN_OUT);
        if (size == 0 || most == 0) return from; // nothing, so many times
        if ((long) Math.max(least, most) * size > Math.max(WRITTEN_OUT, size)) return addCounted(repeat, from);
        for (int i = 0; i < least; i++) from = add(repeat.part(), from);
        if (most != Expression.UNBOUNDED && most <= least) return from;
        var to = state();
        if (most == Expression.UNBOUNDED) {
            var loop = state();
            silentStep(from, loop);
            silentStep(add(repeat.part(), loop), loop);
            silentStep(loop, to);
            return to;
        }
        for (int i = least; i < most; i++) {
            silentStep(from, to);
            var begin = state();
            silentStep(from, begin);
            from = add(repeat.part(), begin);
        }
        silentStep(from, to);
        return to;
    }

    private int addCounted(Repeat repeat, int from) {
        int body;
        if (repeat.part() instanceof Call(var rule)) {
            body = rule(rule);
        } else {
            body = rules.size();
            rules.add(new int[2]);
            layOut(body, repeat.part());
        }
        int loop = state(), to = state();
        silentStep(from, loop);
        step(loop, Automaton.REPEAT, body, bounds.size(), to);
        bounds.add(new int[] {repeat.least(), repeat.most()});
        return to;
    }

    /** About how many states an expression takes, at most so many; 0 where it reads nothing. */
    private int size(Expression expression, int most) {
        work.pay(1);
        return switch (expression) {
            case Text(var text) -> Math.min(most, text.length());
            case Characters(var set) -> Math.min(most, 1 + set.ranges().size());
            case Sequence(var parts) -> size(parts, most);
            case Choice(var options) -> options.isEmpty() ? 1 : size(options, most);
            case Repeat(var part, var least, var times) ->
                times == 0 ? 0 : (int) Math.min(most, (long) size(part, most) * Math.max(1, Math.max(least, times)));
            case Machine machine -> most;
            case Call call -> Math.min(most, 2);
            case Expression.Anchor anchor -> 0;
        };
    }

    private int size(List<Expression> parts, int most) {
        var size = 0;
        for (var part : parts) {
            if (size >= most) return most;
            size += size(part, most - size);
        }
        return size;
    }

    // ---- characters ----

    /** A state for each of the machine's, and what the sets between them are written as: in place where that is one byte, else called. */
    private int addMachine(Machine machine, int from) {
        var dfa = machine.states();
        var to = state();
        if (dfa.isEmpty()) return to; // which nothing leads to
        var at = new int[dfa.size()];
        for (int i = 0; i < at.length; i++) at[i] = state();
        silentStep(from, at[0]);
        var called = new HashMap<CodePoints, Integer>();
        for (int i = 0; i < at.length; i++) {
            if (dfa.accepts(i)) silentStep(at[i], to);
            for (var move : dfa.moves(i)) {
                if (move.set().isAscii() && machine.written().apply(move.set()) instanceof Characters(var set)) {
                    addSet(at[i], set, at[move.target()]);
                    continue;
                }
                var rule = called.get(move.set());
                if (rule == null) {
                    rule = rules.size();
                    rules.add(new int[2]);
                    layOut(rule, machine.written().apply(move.set()));
                    called.put(move.set(), rule);
                }
                step(at[i], Automaton.CALL, rule, 0, at[move.target()]);
            }
        }
        return to;
    }

    private void addSet(int from, CodePoints set, int to) {
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
