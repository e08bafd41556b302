package dev.parley.assist.guard;

/** Where on its way through a turn a text is judged. */
public enum Stage {

    /** What the user wrote, before anything else reads it. */
    INPUT,

    /** A passage of the knowledge base, before the model reads it. */
    RETRIEVAL,

    /** What a tool returned, before the model reads it. */
    TOOL_RESULT,

    /** The answer, before the user reads it. */
    OUTPUT
}
