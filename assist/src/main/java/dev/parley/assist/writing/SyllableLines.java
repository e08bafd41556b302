package dev.parley.assist.writing;

import dev.parley.grammar.CharacterAutomaton;
import dev.parley.grammar.CharacterAutomaton.State;
import dev.parley.grammar.CharacterAutomaton.Step;
import java.util.ArrayList;
import java.util.HashMap;
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
     * @param left syllables that the line has left without those of the word
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
        return new CharacterAutomaton(lines.states);
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
        var first = in.word == WordState.START;
        for (var c : (LETTERS + "'").toCharArray()) {
            if (!in.word.allows(c)) continue;
            var next = in.word.after(c);
            if (next.syllables() - 1 > in.left) continue; // an ending may take one away
            var exception = in.exception.flatMap(trie -> trie.next(c));
            if (first && c == '\'') continue;
            var characters = steps.computeIfAbsent(id(new InWord(in.left, next, exception)), t -> new StringBuilder());
            characters.append(c);
            if (first) characters.append(Character.toUpperCase(c));
        }
        var left = in.left - in.exception.flatMap(Trie::syllables).orElse(in.word.mayEnd() ? in.word.total() : in.left + 1);
        if (left == 0) steps.computeIfAbsent(id(new Full()), t -> new StringBuilder()).append(",.;:!?");
        if (left > 0) {
            steps.computeIfAbsent(id(begin(left)), t -> new StringBuilder()).append(" -");
            steps.computeIfAbsent(id(new BeforeSpace(left)), t -> new StringBuilder()).append(",;:");
        }
        return new State(left == 0, steps.entrySet().stream().map(e -> new Step(e.getValue().toString(), e.getKey())).toList());
    }

    /** Words by their letters. Each node is there once, so that it is equal to itself alone. */
    private static final class Trie {

        private final Map<Character, Trie> next = new HashMap<>();
        private Optional<Integer> syllables = Optional.empty();

        static Trie of(Map<String, Integer> words) {
            var root = new Trie();
            words.forEach((word, count) -> {
                var at = root;
                for (var c : word.toCharArray()) at = at.next.computeIfAbsent(c, k -> new Trie());
                at.syllables = Optional.of(count);
            });
            return root;
        }

        Optional<Trie> next(char c) {
            return Optional.ofNullable(next.get(c));
        }

        Optional<Integer> syllables() {
            return syllables;
        }
    }
}
