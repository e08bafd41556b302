package dev.parley.serve.chat.explaining;

import dev.parley.explain.Analysis;
import java.util.EnumSet;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What is asked about an answer.
 *
 * @param token number of the answer's token to explain, from 0; empty for all
 * @param contrast id of a token that might have stood in its place: why this rather than that
 * @param checked whether each attribution is checked
 */
public record ExplanationRequest(OptionalInt token, OptionalInt contrast, Set<Analysis> analyses, boolean checked) {

    /** What one pass over the text tells, of all tokens. */
    public static final ExplanationRequest FIRST = new ExplanationRequest(OptionalInt.empty(), OptionalInt.empty(),
            EnumSet.of(Analysis.ATTENTION, Analysis.ROLLOUT, Analysis.LOGIT_LENS, Analysis.LOGIT_ATTRIBUTION), false);

    /** Copies the set. */
    public ExplanationRequest {
        analyses = Set.copyOf(analyses);
    }

    /** The same with other analyses. */
    ExplanationRequest with(Set<Analysis> others) {
        return new ExplanationRequest(token, contrast, others, checked);
    }

    boolean has(Analysis analysis) {
        return analyses.contains(analysis);
    }

    /** Whether a pass is wanted that keeps what heads and branches do. */
    boolean isTraced() {
        return has(Analysis.ATTENTION) || has(Analysis.ROLLOUT) || has(Analysis.LOGIT_LENS) || has(Analysis.LOGIT_ATTRIBUTION);
    }
}
