package dev.parley.assist.turn;

import dev.parley.assist.tools.Consent;
import dev.parley.assist.tools.ToolSource;
import java.util.List;

/**
 * Tools that one turn may call beside those of its assistant.
 *
 * @param sources stay the caller's
 * @param consent to calls that the assistant does not allow beforehand, whosever tool it is
 */
public record TurnTools(List<ToolSource> sources, Consent consent) {

    /** None, and nobody to ask. */
    public static final TurnTools NONE = new TurnTools(List.of(), (source, tool, arguments) -> false);

    /** Copies the list. */
    public TurnTools {
        sources = List.copyOf(sources);
    }
}
