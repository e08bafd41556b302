package dev.parley.serve.chat.explaining;

import dev.parley.explain.Analysis;
import dev.parley.model.ModelConfig;
import dev.parley.serve.http.ApiError;
import java.util.HashSet;

/**
 * What an explanation takes.
 *
 * @param length tokens of prompt and answer up to the last explained token
 * @param explained tokens that are explained
 */
record ExplanationCost(ModelConfig model, ExplanationRequest asked, int length, int explained) {

    private static final int MOST_TOKENS = 8_192;
    private static final long MOST_WEIGHTS = 16_000_000; // of attention, held as floats at once
    private static final int STEPS = 64; // of integrated gradients, and about as many looks before
    private static final int ORDERS = 11; // that a check reads, some ten variants in each
    private static final int VARIANTS = 10;

    /**
     * The request as far as it can be met: rollout, which needs the heads of all tokens, is left out of several analyses where the text
     * is too long for it.
     *
     * @throws ApiError where the text is too long for all of them
     */
    ExplanationRequest fitted() {
        if (length > MOST_TOKENS) throw ApiError.of(400, "text_too_long",
                "Prompt and answer have " + length + " tokens; up to " + MOST_TOKENS + " can be explained.");
        var traced = (long) model.numHiddenLayers() * model.numAttentionHeads() * length * explained;
        if (asked.isTraced() && traced > MOST_WEIGHTS) throw ApiError.of(400, explained > 1 ? "answer_too_long" : "text_too_long",
                "This answer is too long to be explained as a whole; choose one of its tokens.");
        var means = (long) model.numHiddenLayers() * length * length / 2;
        if (!asked.has(Analysis.ROLLOUT) || means <= MOST_WEIGHTS) return asked;
        if (asked.analyses().size() == 1)
            throw ApiError.of(400, "text_too_long", "The text of " + length + " tokens is too long for attention rollout.");
        var others = new HashSet<>(asked.analyses());
        others.remove(Analysis.ROLLOUT);
        return asked.with(others);
    }

    /** Tokens that are read, near enough. */
    long tokens() {
        var all = (long) length; // for the targets themselves
        if (asked.isTraced()) all += length;
        if (asked.has(Analysis.GRADIENT_X_INPUT)) all += (long) length * explained;
        if (asked.has(Analysis.INTEGRATED_GRADIENTS)) all += 2L * STEPS * length * explained;
        if (asked.has(Analysis.OCCLUSION)) all += (long) length * length / 2;
        if (asked.checked()) all += (long) ORDERS * VARIANTS * length / 2;
        return all;
    }
}
