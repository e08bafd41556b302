package dev.parley.grammar;

import java.util.List;

/**
 * A deterministic automaton over characters, for texts that something is counted in. A text is accepted where it leads from the first
 * state to one that accepts.
 *
 * @param states the first begins; targets are places in this list
 */
public record CharacterAutomaton(List<State> states) {

    /** Copies the list. */
    public CharacterAutomaton {
        states = List.copyOf(states);
    }

    /** All of it as a text, for comparison. */
    String source() {
        var source = new StringBuilder();
        for (var state : states) {
            source.append(state.accepts ? '\u0001' : '\u0002');
            for (var step : state.steps)
                source.append(step.characters).append('\u0003').append((char) (step.target >> 16)).append((char) step.target);
        }
        return source.toString();
    }

    /** @param steps no two of which share a character */
    public record State(boolean accepts, List<Step> steps) {

        /** Copies the list. */
        public State {
            steps = List.copyOf(steps);
        }
    }

    /** Each of these characters leads to the target. */
    public record Step(String characters, int target) {}
}
