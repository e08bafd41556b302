package dev.parley.assist.guard;

import java.util.Locale;

/** Where on its way through a turn a text is judged. */
public enum Stage {

    /** What the user wrote, before anything else reads it. */
    INPUT,

    /** A passage of the knowledge base, before the model reads it. */
    RETRIEVAL,

    /** What a server says of a tool, or of a parameter of it, before the model is offered the tool. */
    TOOL_DESCRIPTION,

    /** What a tool returned, before the model reads it. */
    TOOL_RESULT,

    /** The answer, before the user reads it. */
    OUTPUT;

    /** The word in logs and JSON. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
