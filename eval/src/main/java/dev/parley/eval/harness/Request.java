package dev.parley.eval.harness;

import com.fasterxml.jackson.databind.JsonNode;

/** What a sample asks of a model, as text. */
public sealed interface Request {

    /** How likely a text is after another, and whether it is the likeliest; the response is {@code [ln p, greedy]}. */
    record Likelihood(String context, String continuation) implements Request {}

    /** How likely a whole text is; the response is ln p. */
    record Rolling(String text) implements Request {}

    /**
     * A text that goes on; the response is a list of texts, one for each repeat.
     *
     * @param settings generation_kwargs
     */
    record Generate(String context, JsonNode settings, int repeats) implements Request {}
}
