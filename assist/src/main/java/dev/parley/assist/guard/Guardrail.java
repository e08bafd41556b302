package dev.parley.assist.guard;

import dev.parley.knowledge.Embedder;
import java.util.Set;

/** A named step that judges texts on their way through a turn. Threads may share it. */
public interface Guardrail {

    /** The name by which an assistant's file, the log and the page know it: letters and {@code _}. */
    String name();

    /** Where it is asked. */
    Set<Stage> stages();

    /**
     * Judges one text.
     *
     * @param stage one of {@link #stages()}
     */
    Verdict judge(Stage stage, String text, TurnContext turn);

    /** The same guardrail, judging with the help of an embedding model, if it has a use for one. */
    default Guardrail with(Embedder embedder) {
        return this;
    }
}
