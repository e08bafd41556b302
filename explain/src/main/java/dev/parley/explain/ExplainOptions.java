package dev.parley.explain;

import dev.parley.model.RunnerProvider;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What is explained, and how.
 *
 * @param analyses to make
 * @param tokens numbers of the answer's tokens to explain, the first is 1; empty for all
 * @param contrast the token that the answer's token is compared with: why this rather than that; one token is explained then
 * @param baseline the token that stands for nothing, where a token is taken away; empty for the model's usual one
 * @param steps gradients that integrated gradients take
 * @param faithfulness whether each attribution is checked
 * @param training the data that training passages are looked for in
 */
public record ExplainOptions(Set<Analysis> analyses, List<Integer> tokens, OptionalInt contrast, OptionalInt baseline, int steps,
        boolean faithfulness, Optional<NearestPassages.Comparison> training, AnalysisListener listener) {

    /** All analyses that this program can make, of every token of the answer. */
    public static final ExplainOptions DEFAULT = new ExplainOptions(possible(), List.of(), OptionalInt.empty(), OptionalInt.empty(), 64,
            true, Optional.empty(), AnalysisListener.SILENT);

    /**
     * @throws IllegalArgumentException if there is nothing to do
     */
    public ExplainOptions {
        if (analyses.isEmpty()) throw new IllegalArgumentException("There is no analysis to make.");
        if (steps < 1) throw new IllegalArgumentException("Integrated gradients need at least one step, not " + steps + ".");
        if (analyses.contains(Analysis.TRAINING_PASSAGES) && training.isEmpty()) {
            throw new IllegalArgumentException("Training passages are looked for in data, and none is named.");
        }
        analyses = EnumSet.copyOf(analyses);
        tokens = List.copyOf(tokens);
    }

    private static Set<Analysis> possible() {
        var all = EnumSet.allOf(Analysis.class);
        all.remove(Analysis.TRAINING_PASSAGES); // needs the data
        if (RunnerProvider.find().isEmpty()) all.removeIf(Analysis::needsGradients);
        return all;
    }

    /** The same with these analyses. */
    public ExplainOptions withAnalyses(Analysis... wanted) {
        return withAnalyses(EnumSet.copyOf(Arrays.asList(wanted)));
    }

    /** The same with these analyses. */
    public ExplainOptions withAnalyses(Set<Analysis> wanted) {
        return new ExplainOptions(wanted, tokens, contrast, baseline, steps, faithfulness, training, listener);
    }

    /** The same without what libtorch is needed for. */
    public ExplainOptions withoutGradients() {
        var some = EnumSet.copyOf(analyses);
        some.removeIf(Analysis::needsGradients);
        return withAnalyses(some);
    }

    /**
     * The same of some tokens of the answer.
     *
     * @param numbers the first is 1
     */
    public ExplainOptions withTokens(List<Integer> numbers) {
        return new ExplainOptions(analyses, numbers, contrast, baseline, steps, faithfulness, training, listener);
    }

    /** The same, asking why the answer's token rather than another. */
    public ExplainOptions withContrast(int other) {
        return new ExplainOptions(analyses, tokens, OptionalInt.of(other), baseline, steps, faithfulness, training, listener);
    }

    /** The same with a token that stands for nothing. */
    public ExplainOptions withBaseline(int token) {
        return new ExplainOptions(analyses, tokens, contrast, OptionalInt.of(token), steps, faithfulness, training, listener);
    }

    /** The same with as many gradients. */
    public ExplainOptions withSteps(int gradients) {
        return new ExplainOptions(analyses, tokens, contrast, baseline, gradients, faithfulness, training, listener);
    }

    /** The same with or without the check of each attribution. */
    public ExplainOptions withFaithfulness(boolean wanted) {
        return new ExplainOptions(analyses, tokens, contrast, baseline, steps, wanted, training, listener);
    }

    /** The same with the nearest passages of what the model was trained on. */
    public ExplainOptions withTraining(NearestPassages.Comparison comparison) {
        var more = EnumSet.copyOf(analyses);
        more.add(Analysis.TRAINING_PASSAGES);
        return new ExplainOptions(more, tokens, contrast, baseline, steps, faithfulness, Optional.of(comparison), listener);
    }

    /** The same, telling how far it is. */
    public ExplainOptions onProgress(AnalysisListener hears) {
        return new ExplainOptions(analyses, tokens, contrast, baseline, steps, faithfulness, training, hears);
    }

    boolean has(Analysis... any) {
        return Arrays.stream(any).anyMatch(analyses::contains);
    }
}
