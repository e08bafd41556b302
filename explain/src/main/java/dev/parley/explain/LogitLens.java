package dev.parley.explain;

import dev.parley.generate.sampling.Sampler;
import dev.parley.generate.sampling.TopK;
import dev.parley.model.CausalLM;
import dev.parley.model.Target;
import dev.parley.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The logit lens (nostalgebraist 2020, "interpreting GPT: the logit lens"): the last norm and the head are applied to the residual stream
 * after each layer, as if the model ended there.
 *
 * @param tokens for each explained token, what the head says of the embedding and after each layer, (N, L + 1)
 */
public record LogitLens(List<List<AfterLayer>> tokens) {

    private static final int SHOWN = 5;

    /**
     * What the model would say if it ended after a layer.
     *
     * @param value the target's
     * @param logprob of the explained token
     * @param rank of the explained token, the best is 1
     * @param best the most probable tokens, the best first
     */
    public record AfterLayer(double value, double logprob, int rank, List<Guess> best) {}

    /** A token that the model would say. */
    public record Guess(int id, String token, double probability) {}

    static LogitLens of(CausalLM model, Optional<Tokenizer> tokenizer, TracedText traced, List<ExplainedToken> tokens) {
        var all = new ArrayList<List<AfterLayer>>();
        try (var session = model.openSession(0, false)) {
            for (var token : tokens) {
                var residuals = new float[traced.layers() + 1][];
                for (int l = 0; l < residuals.length; l++) residuals[l] = traced.residual(token, l);
                var layers = new ArrayList<AfterLayer>();
                for (var scores : session.scores(residuals)) layers.add(afterLayer(tokenizer, scores, token.target()));
                all.add(layers);
            }
        }
        return new LogitLens(all);
    }

    private static AfterLayer afterLayer(Optional<Tokenizer> tokenizer, float[] scores, Target target) {
        var rank = 1;
        for (var score : scores) {
            if (score > scores[target.token()]) rank++;
        }
        var best = new ArrayList<Guess>();
        var p = Sampler.softmax(scores);
        for (var id : TopK.first(p, SHOWN)) best.add(new Guess(id, ExplainedText.written(tokenizer, id), p[id]));
        return new AfterLayer(target.value(scores), new Target.LogProbability(target.token()).value(scores), rank, best);
    }
}
