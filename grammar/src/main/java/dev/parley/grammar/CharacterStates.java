package dev.parley.grammar;

import dev.parley.grammar.CharacterMachine.Move;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * An expression as states over characters, of which a text may be in several at once. Anchors are steps that only the ends of a text can
 * take.
 */
final class CharacterStates {

    private static final int ANYWHERE = 0;
    private static final int AT_START = 1;
    private static final int AT_END = 2;

    private record Silent(int target, int where) {}

    private final List<List<Move>> moves = new ArrayList<>();
    private final List<List<Silent>> silent = new ArrayList<>();
    private final Work work;

    CharacterStates(Work work) {
        this.work = work;
    }

    int state() {
        work.pay(10);
        moves.add(new ArrayList<>(1));
        silent.add(new ArrayList<>(1));
        return moves.size() - 1;
    }

    List<Move> moves(int state) {
        return moves.get(state);
    }

    private void join(int from, int to) {
        silent.get(from).add(new Silent(to, ANYWHERE));
    }

    private int after(int from, CodePoints set) {
        var to = state();
        moves.get(from).add(new Move(set, to));
        return to;
    }

    /** Adds what reads an expression. @return the state after it */
    int add(Expression expression, int from) {
        work.pay(1);
        switch (expression) {
            case Expression.Text(var text) -> {
                for (var c : text.codePoints().toArray()) from = after(from, CodePoints.range(c, c));
                return from;
            }
            case Expression.Characters(var set) -> {
                return after(from, set);
            }
            case Expression.Sequence(var parts) -> {
                for (var part : parts) from = add(part, from);
                return from;
            }
            case Expression.Choice(var options) -> {
                var to = state();
                for (var option : options) {
                    var begin = state();
                    join(from, begin);
                    join(add(option, begin), to);
                }
                return to;
            }
            case Expression.Repeat(var part, var least, var most) -> {
                return addRepeat(part, least, most, from);
            }
            case Expression.Anchor(var start) -> {
                var to = state();
                silent.get(from).add(new Silent(to, start ? AT_START : AT_END));
                return to;
            }
            case Expression.Machine(var machine, var written) -> {
                var to = state();
                var first = moves.size();
                for (int i = 0; i < machine.size(); i++) state();
                for (int i = 0; i < machine.size(); i++) {
                    for (var move : machine.moves(i)) moves.get(first + i).add(new Move(move.set(), first + move.target()));
                    if (machine.accepts(i)) join(first + i, to);
                }
                if (!machine.isEmpty()) join(from, first);
                return to;
            }
            case Expression.Call call -> throw new IllegalStateException("A rule is no text of its own.");
        }
    }

    private int addRepeat(Expression part, int least, int most, int from) {
        for (int i = 0; i < least; i++) from = added(part, from);
        if (most == Expression.UNBOUNDED) {
            int loop = state(), to = state();
            join(from, loop);
            join(add(part, loop), loop);
            join(loop, to);
            return to;
        }
        var to = state();
        for (int i = least; i < most; i++) {
            join(from, to);
            var begin = state();
            join(from, begin);
            from = added(part, begin);
        }
        join(from, to);
        return to;
    }

    private int added(Expression part, int from) {
        work.pay(1); // what reads nothing makes no states, and is paid for all the same
        return add(part, from);
    }

    /** The states that are reached without a character. @param atStart of the text */
    int[] reached(List<Integer> from, boolean atStart) {
        var reached = new BitSet();
        from.forEach(reached::set);
        return follow(reached, atStart, false).stream().toArray();
    }

    /** Whether a text may end in one of these states. */
    boolean mayEnd(int[] states, boolean atStart, int end) {
        var reached = new BitSet();
        for (var state : states) reached.set(state);
        return follow(reached, atStart, true).get(end);
    }

    private BitSet follow(BitSet reached, boolean atStart, boolean atEnd) {
        var open = new ArrayList<Integer>();
        reached.stream().forEach(open::add);
        while (!open.isEmpty()) {
            var state = open.removeLast();
            work.pay(1);
            for (var step : silent.get(state)) {
                var may = step.where == ANYWHERE || step.where == AT_START && atStart || step.where == AT_END && atEnd;
                if (!may || reached.get(step.target)) continue;
                reached.set(step.target);
                open.add(step.target);
            }
        }
        return reached;
    }
}
