package dev.parley.generate.reranking;

import dev.parley.model.CausalLM;
import java.util.OptionalInt;

/** What a reranker says by the state after its last token: how well a document answers, from 0 to 1. */
public sealed interface RerankHead {

    /**
     * By the scores of two tokens: softmax over both, the share of the one that agrees. Without a token that disagrees, by the sigmoid of
     * the one.
     *
     * @param yes the token that agrees
     * @param no the one that does not
     */
    record Tokens(int yes, OptionalInt no) implements RerankHead {

        @Override
        public double score(CausalLM model, float[] state) {
            var head = model.config().blueprint().head();
            var logit = logit(model, yes, state, head.scale(), head.softcap());
            return sigmoid(no.isPresent() ? logit - logit(model, no.getAsInt(), state, head.scale(), head.softcap()) : logit);
        }

        private static double logit(CausalLM model, int id, float[] state, double scale, double softcap) {
            var row = new float[state.length];
            model.weights().matrix(model.config().blueprint().head().weight()).row(id, row, 0);
            var score = scale * dot(row, state);
            return softcap > 0 ? softcap * Math.tanh(score / softcap) : score;
        }
    }

    /**
     * A classifier's of one label: the sigmoid of its product with the state.
     *
     * @param weights (C)
     */
    record Classifier(float[] weights) implements RerankHead {

        @Override
        public double score(CausalLM model, float[] state) {
            return sigmoid(dot(weights, state));
        }
    }

    /**
     * The score of a document.
     *
     * @param state after the last token of a prompt: (C)
     */
    double score(CausalLM model, float[] state);

    private static double dot(float[] a, float[] b) {
        var sum = 0.0;
        for (int i = 0; i < a.length; i++) sum += (double) a[i] * b[i];
        return sum;
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }
}
