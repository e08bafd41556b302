package dev.parley.grammar;

import dev.parley.grammar.Expression.Machine;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A deterministic automaton over characters: what two conditions hold of, and what one does not hold of, are automata again
 * (Rabin and Scott 1959, doi:10.1147/rd.32.0114). State 0 is the first; from each state an end can be reached. Immutable.
 */
final class CharacterMachine {

    /** All characters of a set lead to one state. */
    record Move(CodePoints set, int target) {}

    private final List<List<Move>> moves;
    private final BitSet accepting;

    private CharacterMachine(List<List<Move>> moves, BitSet accepting) {
        this.moves = moves;
        this.accepting = accepting;
    }

    /** What an expression without calls says, its anchors too. */
    static CharacterMachine of(Expression expression, Work work) {
        var nfa = new CharacterStates(work);
        var end = nfa.add(expression, nfa.state());
        var building = new Building(work);
        building.id(new Subset(nfa.reached(List.of(0), true)));
        for (int i = 0; i < building.keys.size(); i++) {
            var states = ((Subset) building.keys.get(i)).states;
            building.accept(i, nfa.mayEnd(states, i == 0, end));
            building.moves.add(successors(nfa, states, building, work));
        }
        return building.trimmed();
    }

    /** The automaton that was given, without the states that lead to no end. */
    static CharacterMachine of(CharacterAutomaton automaton, Work work) {
        var building = new Building(work);
        var states = automaton.states();
        for (int i = 0; i < states.size(); i++) {
            building.id(i);
            building.accept(i, states.get(i).accepts());
            building.moves
                    .add(states.get(i).steps().stream().map(step -> new Move(CodePoints.of(step.characters()), step.target())).toList());
        }
        return building.trimmed();
    }

    private record Subset(int[] states) {

        @Override
        public boolean equals(Object other) {
            return other instanceof Subset s && Arrays.equals(s.states, states);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(states);
        }
    }

    /** Characters between two bounds of the sets that lead on are alike. */
    private static List<Move> successors(CharacterStates nfa, int[] states, Building building, Work work) {
        var begins = new TreeMap<Integer, List<Integer>>(); // at a character: targets from here on, and those no more, as -1 - target
        for (var state : states) {
            for (var move : nfa.moves(state)) {
                for (var range : move.set().ranges()) {
                    begins.computeIfAbsent(range[0], k -> new ArrayList<>()).add(move.target());
                    begins.computeIfAbsent(range[1] + 1, k -> new ArrayList<>()).add(-1 - move.target());
                    work.pay(12);
                }
            }
        }
        var active = new TreeMap<Integer, Integer>();
        var ranges = new TreeMap<Integer, List<int[]>>(); // by state of the result
        var known = new HashMap<Collection<Integer>, Integer>();
        for (var at = begins.firstEntry(); at != null; at = begins.higherEntry(at.getKey())) {
            for (var target : at.getValue()) {
                if (target >= 0) active.merge(target, 1, Integer::sum);
                else active.computeIfPresent(-1 - target, (k, n) -> n == 1 ? null : n - 1);
            }
            if (active.isEmpty()) continue;
            work.pay(12L * active.size());
            var targets = List.copyOf(active.keySet());
            var id = known.get(targets);
            if (id == null) {
                id = building.id(new Subset(nfa.reached(targets, false)));
                known.put(targets, id);
            }
            ranges.computeIfAbsent(id, k -> new ArrayList<>()).add(new int[] {at.getKey(), begins.higherKey(at.getKey()) - 1});
        }
        return ranges.entrySet().stream().map(e -> new Move(CodePoints.ofRanges(e.getValue()), e.getKey())).toList();
    }

    /** Texts of so many characters. @param most {@link Expression#UNBOUNDED} for no limit */
    static CharacterMachine lengths(int least, int most, Work work) {
        var building = new Building(work);
        var last = most == Expression.UNBOUNDED ? least : most;
        for (int i = 0; i <= last; i++) {
            building.id(i);
            building.accept(i, i >= least);
            building.moves.add(i < last ? List.of(new Move(CodePoints.ALL, i + 1))
                    : most == Expression.UNBOUNDED ? List.of(new Move(CodePoints.ALL, i)) : List.of());
        }
        return building.trimmed();
    }

    /** Texts in which none of some occurs. */
    static CharacterMachine without(List<String> texts, Work work) {
        var any = new Expression.Repeat(new Expression.Characters(CodePoints.ALL), 0, Expression.UNBOUNDED);
        var some = Expression.choice(texts.stream().map(Expression::text).toList());
        return of(Expression.sequence(any, some, any), work).negated(work);
    }

    /** What both hold of. */
    CharacterMachine and(CharacterMachine other, Work work) {
        record Pair(int a, int b) {}
        if (isEmpty() || other.isEmpty()) return new CharacterMachine(List.of(), new BitSet());
        var building = new Building(work);
        building.id(new Pair(0, 0));
        for (int i = 0; i < building.keys.size(); i++) {
            var pair = (Pair) building.keys.get(i);
            building.accept(i, accepts(pair.a) && other.accepts(pair.b));
            var next = new ArrayList<Move>();
            for (var move : moves(pair.a)) {
                for (var another : other.moves(pair.b)) {
                    work.pay(4);
                    var common = move.set().intersect(another.set());
                    if (!common.isEmpty()) next.add(new Move(common, building.id(new Pair(move.target(), another.target()))));
                }
            }
            building.moves.add(List.copyOf(next));
        }
        return building.trimmed();
    }

    /** What it does not hold of. */
    CharacterMachine negated(Work work) {
        var building = new Building(work);
        var none = size(); // the state where all is lost here, and so won there
        for (int i = 0; i <= none; i++) {
            building.id(i);
            building.accept(i, i == none || !accepts(i));
            var next = new ArrayList<Move>(i < none ? moves(i) : List.of());
            var other = CodePoints.union(next.stream().map(Move::set).toList()).negated();
            work.pay(1 + next.size());
            if (!other.isEmpty()) next.add(new Move(other, none));
            building.moves.add(List.copyOf(next));
        }
        return building.trimmed();
    }

    /** States that are found one after the other, and what is known of them. */
    private static final class Building {

        private final Map<Object, Integer> ids = new HashMap<>();
        private final List<Object> keys = new ArrayList<>();
        private final List<List<Move>> moves = new ArrayList<>();
        private final BitSet accepting = new BitSet();
        private final Work work;

        private Building(Work work) {
            this.work = work;
        }

        private int id(Object key) {
            work.pay(20);
            var id = ids.putIfAbsent(key, keys.size());
            if (id != null) return id;
            keys.add(key);
            return keys.size() - 1;
        }

        private void accept(int id, boolean accepts) {
            accepting.set(id, accepts);
        }

        /** Without the states from which no end can be reached. */
        private CharacterMachine trimmed() {
            var from = new ArrayList<List<Integer>>();
            for (int i = 0; i < moves.size(); i++) from.add(new ArrayList<>(2));
            for (int i = 0; i < moves.size(); i++) {
                for (var move : moves.get(i)) from.get(move.target()).add(i);
            }
            var live = (BitSet) accepting.clone();
            var open = new ArrayDeque<Integer>();
            live.stream().forEach(open::add);
            while (!open.isEmpty()) {
                for (var before : from.get(open.poll())) {
                    if (live.get(before)) continue;
                    live.set(before);
                    open.add(before);
                }
            }
            if (!live.get(0)) return new CharacterMachine(List.of(), new BitSet());
            return live.cardinality() == moves.size() ? new CharacterMachine(List.copyOf(moves), accepting) : only(live);
        }

        private CharacterMachine only(BitSet live) {
            var number = new int[moves.size()];
            var kept = new ArrayList<List<Move>>();
            var ends = new BitSet();
            for (int i = live.nextSetBit(0), n = 0; i >= 0; i = live.nextSetBit(i + 1)) number[i] = n++;
            live.stream().forEach(i -> {
                ends.set(number[i], accepting.get(i));
                kept.add(moves.get(i).stream().filter(m -> live.get(m.target())).map(m -> new Move(m.set(), number[m.target()])).toList());
            });
            return new CharacterMachine(List.copyOf(kept), ends);
        }
    }

    /** Whether nothing is accepted. */
    boolean isEmpty() {
        return moves.isEmpty();
    }

    int size() {
        return moves.size();
    }

    boolean accepts(int state) {
        return accepting.get(state);
    }

    boolean accepts(String text) {
        var at = isEmpty() ? -1 : 0;
        for (var c : text.codePoints().toArray()) {
            var from = at;
            if (from >= 0) at = moves(from).stream().filter(move -> move.set().contains(c)).mapToInt(Move::target).findFirst().orElse(-1);
        }
        return at >= 0 && accepts(at);
    }

    List<Move> moves(int state) {
        return moves.get(state);
    }

    /** Whether all that it accepts has so many characters. @param most {@link Expression#UNBOUNDED} for no limit */
    boolean hasLengthsWithin(int least, int most) {
        var layer = new BitSet();
        layer.set(0);
        for (int length = 0; !layer.isEmpty(); length++) {
            var ends = (BitSet) layer.clone();
            ends.and(accepting);
            if (length < least && !ends.isEmpty()) return false;
            if (length >= least && most == Expression.UNBOUNDED) return true;
            if (length > most || length > size()) return false; // a longer one, or a circle, of which one comes that is too long
            var next = new BitSet();
            layer.stream().forEach(state -> moves(state).forEach(move -> next.set(move.target())));
            layer = next;
        }
        return true;
    }

    /** It as an expression. */
    Expression expression() {
        return new Machine(this, Expression.Characters::new);
    }
}
