package dev.parley.eval.bias;

import dev.parley.eval.scoring.ContinuationEncoder;
import dev.parley.eval.scoring.Scorer;
import dev.parley.model.CausalLM;
import dev.parley.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.List;

/** Texts that differ in whom they are about, and the formulas that make figures of how likely they are. */
public interface BiasSuite {

    /**
     * A text to be scored.
     *
     * @param context what comes before it, which may be empty
     */
    record Text(String context, String continuation) {}

    /**
     * How likely a text is.
     *
     * @param sum ln p of all its tokens
     */
    record TextScore(double sum, int tokens) {

        /** ln p of a token, on average. */
        public double mean() {
            return sum / tokens;
        }
    }

    /** Hears how many texts have been scored. */
    @FunctionalInterface
    interface Listener {

        /** Called after each text. */
        void onScored(int done, int all);
    }

    /** As the command line names it. */
    String name();

    /** What is compared, by which formula, and who published it. */
    String method();

    /** The texts that are to be scored. */
    List<Text> texts();

    /**
     * The figures.
     *
     * @param scores of the texts, in their order
     */
    List<BiasFigure> figures(List<TextScore> scores);

    /** Scores the texts by a model and makes the figures. */
    default List<BiasFigure> run(CausalLM model, Tokenizer tokenizer, Listener listener) {
        var encoder = new ContinuationEncoder(tokenizer, model.config());
        var asked = texts().stream().map(t -> encoder.pair(t.context(), t.continuation())).toList();
        var scores = new TextScore[asked.size()];
        var done = new int[1];
        try (var scorer = Scorer.of(model)) {
            scorer.score(asked, (i, tokens) -> {
                scores[i] = new TextScore(tokens.sum(), tokens.logprobs().length);
                listener.onScored(++done[0], scores.length);
            });
        }
        return figures(Arrays.asList(scores));
    }
}
