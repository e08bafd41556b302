package dev.parley.assist.guard;

/** What a {@link Guardrail} says of a text. */
public sealed interface Verdict {

    /** The text goes on as it is. */
    record Pass() implements Verdict {}

    /**
     * The text goes on as it is, and that it may be more than data is kept.
     *
     * @param rule that was met
     * @param reason one sentence for the log
     */
    record Mark(String rule, String reason) implements Verdict {}

    /**
     * The text goes on changed: private data masked, orders to the model taken out.
     *
     * @param text the new text
     * @param rule that was met
     * @param reason one sentence for the log
     */
    record Replace(String text, String rule, String reason) implements Verdict {}

    /**
     * The turn ends here with a fixed text; the model is not asked, or its answer is withheld.
     *
     * @param text the answer to the user, in the user's language
     * @param rule that was met
     * @param reason one sentence for the log
     */
    record Answer(String text, String rule, String reason) implements Verdict {}

    /** Nothing was found. */
    Verdict PASS = new Pass();
}
