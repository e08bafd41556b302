package dev.parley.grammar;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * What is found out about a grammar before it is used: rules that would call themselves for ever, and states that lead nowhere.
 * Each step is followed once, when what it waits for has become known.
 */
final class AutomatonChecks {

    private final List<String> names;
    private final int[] first;
    private final int[] steps;
    private final int[] start;
    private final int[] end;
    private final int[][] bounds;
    private final Work work;
    private final BitSet nullable = new BitSet(); // by rule: it may read nothing
    private final int[] owner; // of each state that its rule reaches without reading: the rule, else -1
    private final List<int[]> calledFirst = new ArrayList<>(); // caller and called

    AutomatonChecks(List<String> names, AutomatonBuilder builder, Work work) {
        this.names = names;
        this.work = work;
        first = builder.graph().first();
        steps = builder.graph().steps();
        start = builder.starts();
        end = builder.ends();
        bounds = builder.bounds();
        owner = new int[first.length];
        Arrays.fill(owner, -1);
        followSilently();
        for (int s = 0; s < steps.length; s += 5) {
            if (steps[s] == Automaton.REPEAT && nullable.get(steps[s + 1])) bounds[steps[s + 2]][0] = 0;
        }
    }

    /** The bounds of repetitions: a part that may read nothing need not be repeated. */
    int[][] bounds() {
        return bounds;
    }

    /** Finds all states that are reached from the beginnings of their rules without reading, and so the rules that may read nothing. */
    private void followSilently() {
        var waiting = new ArrayList<List<int[]>>(); // by rule: states that are reached once it is known to be nullable, with their owners
        var open = new ArrayDeque<Integer>();
        for (int rule = 0; rule < start.length; rule++) {
            waiting.add(new ArrayList<>(0));
            reach(start[rule], rule, open);
        }
        var rulesByEnd = new int[first.length];
        Arrays.fill(rulesByEnd, -1);
        for (int rule = 0; rule < end.length; rule++) rulesByEnd[end[rule]] = rule;
        while (!open.isEmpty()) {
            int state = open.poll(), rule = owner[state];
            if (rulesByEnd[state] == rule && !nullable.get(rule)) {
                nullable.set(rule);
                for (var waits : waiting.get(rule)) reach(waits[0], waits[1], open);
            }
            for (int s = first[state]; s >= 0; s = steps[s + 4]) {
                work.pay(1);
                int called = steps[s + 1], target = steps[s + 3];
                var calls = steps[s] == Automaton.CALL || steps[s] == Automaton.REPEAT;
                if (calls) calledFirst.add(new int[] {rule, called});
                var silent = steps[s] == Automaton.SILENT || calls && nullable.get(called)
                        || steps[s] == Automaton.REPEAT && bounds[steps[s + 2]][0] == 0;
                if (silent) reach(target, rule, open);
                else if (calls) waiting.get(called).add(new int[] {target, rule});
            }
        }
    }

    private void reach(int state, int rule, ArrayDeque<Integer> open) {
        if (owner[state] >= 0) return;
        owner[state] = rule;
        open.add(state);
    }

    /** @throws GrammarException if a rule may call itself before it reads anything */
    void refuseLeftRecursion() {
        var waiting = new int[start.length];
        var callers = new ArrayList<List<Integer>>();
        for (int rule = 0; rule < start.length; rule++) callers.add(new ArrayList<>(1));
        for (var call : calledFirst) {
            callers.get(call[1]).add(call[0]);
            waiting[call[0]]++;
        }
        var free = new ArrayDeque<Integer>(); // a rule is taken away once all that it calls is: what stays calls in a circle
        for (int rule = 0; rule < start.length; rule++) {
            if (waiting[rule] == 0) free.add(rule);
        }
        while (!free.isEmpty()) {
            for (var caller : callers.get(free.poll())) {
                work.pay(1);
                if (--waiting[caller] == 0) free.add(caller);
            }
        }
        for (int rule = 0; rule < waiting.length; rule++) {
            if (waiting[rule] > 0) {
                throw new GrammarException("The grammar is left-recursive: rule " + nameInCircle(rule, waiting)
                        + " may call itself before it reads anything; write it with a repetition.");
            }
        }
    }

    private String nameInCircle(int rule, int[] waiting) {
        var next = new int[waiting.length]; // a rule of those that stay, which each of them calls
        for (var call : calledFirst) {
            if (waiting[call[1]] > 0) next[call[0]] = call[1];
        }
        for (int i = 0; i < waiting.length; i++) rule = next[rule]; // after so many calls we are in the circle
        for (int i = 0; i < waiting.length && rule >= names.size(); i++) rule = next[rule]; // repeated parts have no names
        return names.get(rule);
    }

    /** The states from which an end can be reached. @throws GrammarException if the root cannot */
    BitSet live() {
        var from = new int[steps.length / 5];
        for (int state = 0; state < first.length; state++) {
            for (int s = first[state]; s >= 0; s = steps[s + 4]) from[s / 5] = state;
        }
        int[] into = chains(first.length, 3, false), calling = chains(start.length, 1, true);
        var live = new BitSet();
        var open = new ArrayDeque<Integer>();
        var ruleAt = new int[first.length];
        Arrays.fill(ruleAt, -1);
        for (int rule = 0; rule < start.length; rule++) ruleAt[start[rule]] = rule;
        for (var state : end) {
            live.set(state);
            open.add(state);
        }
        while (!open.isEmpty()) {
            var state = open.poll();
            for (int i = into[state]; i >= 0; i = into[first.length + i]) mark(i, from[i], live, open);
            if (ruleAt[state] < 0) continue;
            for (int i = calling[ruleAt[state]]; i >= 0; i = calling[start.length + i]) mark(i, from[i], live, open);
        }
        if (!live.get(start[0]))
            throw new GrammarException("The grammar allows no text: what begins with rule " + names.getFirst() + " cannot come to an end.");
        return live;
    }

    private void mark(int i, int from, BitSet live, ArrayDeque<Integer> open) {
        work.pay(1);
        int kind = steps[5 * i], called = steps[5 * i + 1], target = steps[5 * i + 3];
        if (live.get(from) || !live.get(target)) return;
        var without = kind == Automaton.REPEAT && bounds[steps[5 * i + 2]][0] == 0;
        if ((kind == Automaton.CALL || kind == Automaton.REPEAT) && !without && !live.get(start[called])) return;
        live.set(from);
        open.add(from);
    }

    /** Steps in chains by one of their numbers: the first of each chain, and behind all those the next of each step. */
    private int[] chains(int count, int number, boolean callsOnly) {
        var chains = new int[count + steps.length / 5];
        Arrays.fill(chains, -1);
        for (int i = 0; i < steps.length / 5; i++) {
            var kind = steps[5 * i];
            if (callsOnly && kind != Automaton.CALL && kind != Automaton.REPEAT) continue;
            var key = steps[5 * i + number];
            chains[count + i] = chains[key];
            chains[key] = i;
        }
        return chains;
    }
}
