package dev.parley.generate.strategy;

/** Why an answer ended. */
public enum FinishReason {
    /** At an end-of-text token or a stop string. */
    STOP,
    /** At the limit of tokens, or of the context. */
    LENGTH,
    /** Because the caller asked. */
    CANCELLED;

    /** The word that OpenAI's API uses. */
    public String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
