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
