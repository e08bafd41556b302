package dev.parley.explain;

import dev.parley.model.CausalLM;
import dev.parley.model.InferenceSession.Feed;
import dev.parley.model.InferenceSession.Scored;
import dev.parley.model.InputGradients;
import dev.parley.model.ModelException;
import dev.parley.model.Target;
import dev.parley.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Why a model said what it said.
 *
 * <pre>{@code
 * var text = ExplainedText.of(Optional.of(tokenizer), tokenizer.encodeForModel("The capital of France is"), tokenizer.encode(" Paris"));
 * var explanation = Explanation.of(model, Optional.of(tokenizer), text, ExplainOptions.DEFAULT);
 * double[] sources = explanation.attributions().getFirst().scores().getFirst();   // of each token of the prompt
 * }</pre>
 *
 * @param tokens that are explained, in their order
 * @param baseline the token that stood for nothing
 * @param baselineToken what it is written as
 * @param contrastToken what the other token of a contrast is written as
 * @param attention of each head
 * @param attributions how much each token speaks for each explained token, by each method
 */
public record Explanation(ExplainedText text, List<ExplainedToken> tokens, int baseline, String baselineToken,
        Optional<String> contrastToken, Optional<HeadAttention> attention, List<Attribution> attributions, Optional<LogitLens> logitLens,
        Optional<LogitAttribution> logitAttribution, Optional<NearestPassages> nearestPassages) {

    public Explanation {
        tokens = List.copyOf(tokens);
        attributions = List.copyOf(attributions);
    }

    /**
     * Explains an answer.
     *
     * @param tokenizer that writes the tokens of the logit lens; without one they are written as their numbers
     * @throws IllegalArgumentException if the options name a token that is not there
     * @throws dev.parley.model.ModelException if the text does not fit the model
     */
    public static Explanation of(CausalLM model, Optional<Tokenizer> tokenizer, ExplainedText text, ExplainOptions options) {
        model.config().checkFits(text.ids(), 0);
        var tokens = tokens(model, text, options);
        var baseline = options.baseline().orElseGet(() -> Baseline.of(model.config(), tokenizer));
        model.config().checkFits(new int[] {baseline}, 0);
        var attention = Optional.<HeadAttention>empty();
        var attributions = new ArrayList<Attribution>();
        var lens = Optional.<LogitLens>empty();
        var logits = Optional.<LogitAttribution>empty();
        if (options.has(Analysis.ATTENTION, Analysis.ROLLOUT, Analysis.LOGIT_LENS, Analysis.LOGIT_ATTRIBUTION)) {
            var traced = TracedText.of(model, text, tokens, options.has(Analysis.ROLLOUT));
            if (options.has(Analysis.ATTENTION)) {
                attention = Optional.of(HeadAttention.of(traced, tokens));
                attributions.add(attention.get().mean());
            }
            if (options.has(Analysis.ROLLOUT)) attributions.add(HeadAttention.rollout(traced, tokens));
            if (options.has(Analysis.LOGIT_LENS)) lens = Optional.of(LogitLens.of(model, tokenizer, traced, tokens));
            if (options.has(Analysis.LOGIT_ATTRIBUTION)) logits = Optional.of(LogitAttribution.of(model, traced, tokens));
        }
        if (options.has(Analysis.GRADIENT_X_INPUT, Analysis.INTEGRATED_GRADIENTS)) {
            try (var gradients = gradients(model)) {
                var along = new GradientAttributions(gradients, text, tokens, options.listener());
                if (options.has(Analysis.GRADIENT_X_INPUT)) attributions.add(along.gradientTimesInput());
                if (options.has(Analysis.INTEGRATED_GRADIENTS)) attributions.add(along.integrated(baseline, options.steps()));
            }
        }
        try (var reader = new VariantReader(model, text.ids(), tokens)) {
            if (options.has(Analysis.OCCLUSION)) attributions.add(Occlusion.of(reader, text, tokens, baseline, options.listener()));
            if (options.faithfulness() && !attributions.isEmpty()) {
                var deletion = new Deletion(reader, text, tokens, baseline, attributions.size(), options.listener());
                attributions.replaceAll(attribution -> attribution.with(deletion.of(attribution)));
            }
        }
        var nearest = options.has(Analysis.TRAINING_PASSAGES)
                ? options.training().map(comparison -> NearestPassages.of(model, tokenizer, text, comparison, options.listener()))
                : Optional.<NearestPassages>empty();
        var contrast = options.contrast().stream().mapToObj(id -> ExplainedText.written(tokenizer, id)).findFirst();
        return new Explanation(text, tokens, baseline, ExplainedText.written(tokenizer, baseline), contrast, attention, attributions, lens,
                logits, nearest);
    }

    /** The attribution of a method, if it was asked for. */
    public Optional<Attribution> attribution(Analysis method) {
        return attributions.stream().filter(attribution -> attribution.method() == method).findFirst();
    }

    private static List<ExplainedToken> tokens(CausalLM model, ExplainedText text, ExplainOptions options) {
        var numbers = options.tokens().isEmpty() ? IntStream.rangeClosed(1, options.contrast().isPresent() ? 1 : text.answerLength())
                : options.tokens().stream().mapToInt(Integer::intValue).sorted().distinct();
        var positions = numbers.map(number -> position(text, number)).toArray();
        if (options.contrast().isPresent() && positions.length != 1) {
            throw new IllegalArgumentException("A contrast is between two tokens at one place: name one token of the answer.");
        }
        options.contrast().ifPresent(other -> model.config().checkFits(new int[] {other}, 0));
        try (var session = model.openSession(0, false); var sequence = session.open()) {
            var first = positions[0] - 1;
            var ids = text.ids();
            if (first > 0) session.feed(List.of(new Feed(sequence, Arrays.copyOf(ids, first), Scored.NONE, false)));
            var rest = Arrays.copyOfRange(ids, first, positions[positions.length - 1]);
            var scores = session.feed(List.of(new Feed(sequence, rest, Scored.ALL, false))).getFirst().scores();
            var tokens = new ArrayList<ExplainedToken>();
            for (var position : positions) {
                var likelihood = new Target.LogProbability(ids[position]);
                var target = options.contrast().isPresent()
                        ? new Target.LogitDifference(ids[position], differing(ids[position], options.contrast().getAsInt()))
                        : likelihood;
                var row = scores[position - 1 - first];
                tokens.add(new ExplainedToken(position, target, target.value(row), likelihood.value(row)));
            }
            return tokens;
        }
    }

    private static InputGradients gradients(CausalLM model) {
        return model.inputGradients().orElseThrow(() -> new ModelException(
                "Gradients are computed by libtorch, which is not on the class path in a build for this machine."));
    }

    private static int differing(int token, int other) {
        if (token == other) throw new IllegalArgumentException("The answer's token and the one that it is compared with are the same.");
        return other;
    }

    private static int position(ExplainedText text, int number) {
        if (number < 1 || number > text.answerLength()) {
            throw new IllegalArgumentException("The answer has " + text.answerLength() + " tokens; there is no token " + number + ".");
        }
        return text.promptLength() + number - 1;
    }
}
