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

    /** States of a repetition that is written out. */
    private static final int WRITTEN_OUT = 64;

    private final Map<String, Integer> ruleOf = new HashMap<>();
    private final List<String> names; // of the rules that have one; those after them are what is repeated
    private final List<int[]> rules = new ArrayList<>(); // start and end of each
    private final List<int[]> bounds = new ArrayList<>(); // least and most of each repetition that is counted
    private final Work work;
    private final StateGraph graph;

    /** Lays out all rules, the first of the names as rule 0. */
    AutomatonBuilder(List<String> names, Map<String, Expression> expressions, Work work) {
        this.names = names;
        this.work = work;
        graph = new StateGraph(work);
        for (var name : names) {
            ruleOf.put(name, ruleOf.size());
            rules.add(new int[2]);
        }
        for (int rule = 0; rule < names.size(); rule++) {
            graph.beginRule(names.get(rule));
            layOut(rule, expressions.get(names.get(rule)));
        }
    }

    private void layOut(int rule, Expression expression) {
        var start = graph.state();
        rules.get(rule)[0] = start;
        rules.get(rule)[1] = add(expression, start);
    }

    StateGraph graph() {
        return graph;
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

    /** Adds what reads an expression. @return the state after it */
    private int add(Expression expression, int from) {
        work.pay(1);
        return switch (expression) {
            case Text(var text) -> {
                for (var b : text.getBytes(StandardCharsets.UTF_8)) from = graph.after(from, b & 0xff);
                yield from;
            }
            case Characters(var set) -> {
                var to = graph.state();
                graph.addSet(from, set, to);
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
                var to = graph.state();
                graph.step(from, Automaton.CALL, rule(rule), 0, to);
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
        var to = graph.state();
        var texts = new ArrayList<byte[]>();
        for (var option : options) {
            if (option instanceof Text(var text)) {
                texts.add(text.getBytes(StandardCharsets.UTF_8));
            } else {
                var begin = graph.state(); // of its own: a loop in one option must not lead into another
                graph.silentStep(from, begin);
                graph.silentStep(add(option, begin), to);
            }
        }
        if (!texts.isEmpty()) addTexts(texts, from, to);
        return to;
    }

    /** Texts as a tree: a list of many thousand names is one place, not as many as there are names. */
    private void addTexts(List<byte[]> texts, int from, int to) {
        texts.sort(Arrays::compareUnsigned);
        var path = new int[texts.stream().mapToInt(t -> t.length).max().orElseThrow() + 1]; // the state after each byte of the last text
        path[0] = graph.state();
        graph.silentStep(from, path[0]);
        var last = new byte[0];
        for (int i = 0; i < texts.size(); i++) {
            var text = texts.get(i);
            var shared = Arrays.mismatch(last, text);
            if (shared < 0 && i > 0) continue; // the same again
            for (int d = Math.max(0, shared); d < text.length; d++) path[d + 1] = graph.after(path[d], text[d] & 0xff);
            graph.silentStep(path[text.length], to);
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
        var to = graph.state();
        if (most == Expression.UNBOUNDED) {
            var loop = graph.state();
            graph.silentStep(from, loop);
            graph.silentStep(add(repeat.part(), loop), loop);
            graph.silentStep(loop, to);
            return to;
        }
        for (int i = least; i < most; i++) {
            graph.silentStep(from, to);
            var begin = graph.state();
            graph.silentStep(from, begin);
            from = add(repeat.part(), begin);
        }
        graph.silentStep(from, to);
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
        int loop = graph.state(), to = graph.state();
        graph.silentStep(from, loop);
        graph.step(loop, Automaton.REPEAT, body, bounds.size(), to);
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
        var to = graph.state();
        if (dfa.isEmpty()) return to; // which nothing leads to
        var at = new int[dfa.size()];
        for (int i = 0; i < at.length; i++) at[i] = graph.state();
        graph.silentStep(from, at[0]);
        var called = new HashMap<CodePoints, Integer>();
        for (int i = 0; i < at.length; i++) {
            if (dfa.accepts(i)) graph.silentStep(at[i], to);
            for (var move : dfa.moves(i)) {
                if (move.set().isAscii() && machine.written().apply(move.set()) instanceof Characters(var set)) {
                    graph.addSet(at[i], set, at[move.target()]);
                    continue;
                }
                var rule = called.get(move.set());
                if (rule == null) {
                    rule = rules.size();
                    rules.add(new int[2]);
                    layOut(rule, machine.written().apply(move.set()));
                    called.put(move.set(), rule);
                }
                graph.step(at[i], Automaton.CALL, rule, 0, at[move.target()]);
            }
        }
        return to;
    }
}
