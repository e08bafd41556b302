package dev.parley.assist.writing;

import dev.parley.grammar.CharacterAutomaton;
import dev.parley.grammar.CharacterAutomaton.State;
import dev.parley.grammar.CharacterAutomaton.Step;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * English lines of so many syllables as an automaton: its states are what {@link WordState} knows of the word so far, how many
 * syllables are left, and where the word stands among the exceptions.
 */
final class SyllableLines {

    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz";
    private static final String CHARACTERS = LETTERS + "ABCDEFGHIJKLMNOPQRSTUVWXYZ' -,.;:!?";

    private final Map<Place, Integer> ids = new HashMap<>();
    private final List<Place> places = new ArrayList<>();
    private final List<State> states = new ArrayList<>();
    private final Trie exceptions = Trie.of(Syllables.exceptions());

    private SyllableLines() {}

    /** Where a line is. */
    private sealed interface Place {}

    /**
     * Within a word, or before it.
     *
     * @param left syllables that the line has left after those counted so far; an ending may give one back
     * @param exception where the word stands among the exceptions, as long as one may come of it
     */
    private record InWord(int left, WordState word, Optional<Trie> exception) implements Place {}

    /** After a mark that a space follows. */
    private record BeforeSpace(int left) implements Place {}

    /** The line is full and has its last mark. */
    private record Full() implements Place {}

    /** Lines of so many syllables: words with spaces, commas or hyphens between, and a mark at the end or none. */
    static CharacterAutomaton of(int syllables) {
        var lines = new SyllableLines();
        lines.id(lines.begin(syllables));
        for (int i = 0; i < lines.places.size(); i++) lines.states.add(lines.state(lines.places.get(i)));
        return minimal(lines.states);
    }

    private InWord begin(int left) {
        return new InWord(left, WordState.START, Optional.of(exceptions));
    }

    private int id(Place place) {
        return ids.computeIfAbsent(place, p -> {
            places.add(p);
            return places.size() - 1;
        });
    }

    private State state(Place place) {
        return switch (place) {
            case Full() -> new State(true, List.of());
            case BeforeSpace(var left) -> new State(false, List.of(new Step(" ", id(begin(left)))));
            case InWord in -> inWord(in);
        };
    }

    private State inWord(InWord in) {
        var steps = new TreeMap<Integer, StringBuilder>(); // characters by target
        var first = in.word.equals(WordState.START);
        for (var c : (first ? LETTERS : LETTERS + "'").toCharArray()) {
            if (!in.word.allows(c)) continue;
            var next = in.word.after(c);
            var left = in.left - next.syllables() + in.word.syllables();
            var exception = in.exception.flatMap(trie -> trie.next(c));
            if (left < -1 && exception.isEmpty()) continue; // an exception may have far fewer than the rules count
            var characters = characters(steps, new InWord(left, next.capped(), exception));
            characters.append(c);
            if (first) characters.append(Character.toUpperCase(c));
        }
        var left = leftAfter(in);
        if (left == 0) characters(steps, new Full()).append(",.;:!?");
        if (left > 0) {
            characters(steps, begin(left)).append(" -");
            characters(steps, new BeforeSpace(left)).append(",;:");
        }
        return new State(left == 0, steps.entrySet().stream().map(e -> new Step(e.getValue().toString(), e.getKey())).toList());
    }

    private StringBuilder characters(TreeMap<Integer, StringBuilder> steps, Place place) {
        return steps.computeIfAbsent(id(place), target -> new StringBuilder());
    }

    /** Syllables that are left if the word ends here; negative where it may not. */
    private static int leftAfter(InWord in) {
        var exception = in.exception.filter(trie -> trie.syllables.isPresent());
        if (exception.isPresent()) return in.left + exception.get().counted.syllables() - exception.get().syllables.get();
        return in.word.mayEnd() ? in.left + in.word.syllables() - in.word.total() : -1;
    }

    /** States from which the same texts are accepted become one (Moore 1956): few are left. */
    private static CharacterAutomaton minimal(List<State> states) {
        var targets = states.stream().map(SyllableLines::targets).toList();
        var classOf = new int[states.size()];
        for (int classes = 1;;) {
            var known = new LinkedHashMap<IntBuffer, Integer>(); // what each class does
            var next = new int[classOf.length];
            for (int i = 0; i < next.length; i++) {
                var does = new int[CHARACTERS.length() + 1];
                for (int c = 0; c < CHARACTERS.length(); c++) does[c] = targets.get(i)[c] < 0 ? -1 : classOf[targets.get(i)[c]];
                does[CHARACTERS.length()] = states.get(i).accepts() ? 1 : 0;
                var key = IntBuffer.wrap(does);
                known.putIfAbsent(key, known.size());
                next[i] = known.get(key);
            }
            classOf = next;
            if (known.size() == classes) return new CharacterAutomaton(known.keySet().stream().map(does -> state(does.array())).toList());
            classes = known.size();
        }
    }

    private static int[] targets(State state) {
        var targets = new int[CHARACTERS.length()];
        Arrays.fill(targets, -1);
        for (var step : state.steps()) step.characters().chars().forEach(c -> targets[CHARACTERS.indexOf(c)] = step.target());
        return targets;
    }

    private static State state(int[] does) {
        var steps = new TreeMap<Integer, StringBuilder>();
        for (int c = 0; c < CHARACTERS.length(); c++) {
            if (does[c] >= 0) steps.computeIfAbsent(does[c], target -> new StringBuilder()).append(CHARACTERS.charAt(c));
        }
        return new State(does[CHARACTERS.length()] == 1,
                steps.entrySet().stream().map(e -> new Step(e.getValue().toString(), e.getKey())).toList());
    }

    /** Words by their letters. Each node is there once, so that it is equal to itself alone. */
    private static final class Trie {

        private final Map<Character, Trie> next = new HashMap<>();
        private final WordState counted; // by the rules
        private Optional<Integer> syllables = Optional.empty();

        private Trie(WordState counted) {
            this.counted = counted;
        }

        static Trie of(Map<String, Integer> words) {
            var root = new Trie(WordState.START);
            words.forEach((word, count) -> {
                var at = root;
                for (var c : word.toCharArray()) {
                    var before = at;
                    at = at.next.computeIfAbsent(c, k -> new Trie(before.counted.after(c)));
                }
                at.syllables = Optional.of(count);
            });
            return root;
        }

        Optional<Trie> next(char c) {
            return Optional.ofNullable(next.get(c));
        }
    }
}
