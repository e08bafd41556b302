package dev.parley.generate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Changes the scores of the next token before it is chosen, with the meanings of transformers' processors. A token that
 * is out gets the score minus infinity.
 */
@FunctionalInterface
public interface LogitsProcessor {

    /**
     * @param ids the tokens so far, prompt and answer
     * @param logits one score for each token of the vocabulary, changed in place
     */
    void process(int[] ids, float[] logits);

    /** The processors of a config, in transformers' order. @param promptLength tokens of the prompt */
    static List<LogitsProcessor> of(GenerationConfig config, int promptLength) {
        var processors = new ArrayList<LogitsProcessor>();
        if (config.repetitionPenalty() != 1) processors.add(repetitionPenalty(config.repetitionPenalty()));
        if (config.minNewTokens() > 0) processors.add(minNewTokens(config.minNewTokens(), promptLength, config.eosTokenIds()));
        if (config.temperature() > 0) {
            if (config.temperature() != 1) processors.add(temperature(config.temperature()));
            if (config.topK() > 0) processors.add(topK(config.topK()));
            if (config.topP() < 1) processors.add(topP(config.topP()));
            if (config.minP() > 0) processors.add(minP(config.minP()));
        }
        return processors;
    }

    /** Divides all scores: below 1 sharpens, above 1 flattens. */
    static LogitsProcessor temperature(double temperature) {
        return (ids, logits) -> {
            for (int i = 0; i < logits.length; i++) logits[i] = (float) (logits[i] / temperature);
        };
    }

    /** Keeps the k likeliest, and those as likely as the k-th; Fan et al. 2018 (arXiv:1805.04833). */
    static LogitsProcessor topK(int k) {
        return (ids, logits) -> {
            if (k >= logits.length) return;
            var least = Likeliest.score(logits, k);
            for (int i = 0; i < logits.length; i++) {
                if (logits[i] < least) logits[i] = Float.NEGATIVE_INFINITY;
            }
        };
    }

    /** Keeps the likeliest whose probabilities reach p together, one at least; Holtzman et al. 2020 (arXiv:1904.09751). */
    static LogitsProcessor topP(double p) {
        return (ids, logits) -> {
            var probabilities = Likeliest.softmax(logits);
            var order = Likeliest.sorted(probabilities, p);
            Arrays.sort(order);
            var next = 0;
            for (int i = 0; i < logits.length; i++) {
                if (next < order.length && order[next] == i) next++;
                else logits[i] = Float.NEGATIVE_INFINITY;
            }
        };
    }

    /** Keeps what is at least this part as likely as the likeliest; Nguyen et al. 2024 (arXiv:2407.01082). */
    static LogitsProcessor minP(double minP) {
        return (ids, logits) -> {
            var highest = Float.NEGATIVE_INFINITY;
            for (var logit : logits) highest = Math.max(highest, logit);
            var least = highest + Math.log(minP); // p < minP · highest p, in scores
            for (int i = 0; i < logits.length; i++) {
                if (logits[i] < least) logits[i] = Float.NEGATIVE_INFINITY;
            }
        };
    }

    /** Divides positive and multiplies negative scores of tokens that are there, once each; Keskar et al. 2019 (arXiv:1909.05858). */
    static LogitsProcessor repetitionPenalty(double penalty) {
        return (ids, logits) -> Arrays.stream(ids).distinct()
                .forEach(id -> logits[id] = (float) (logits[id] > 0 ? logits[id] / penalty : logits[id] * penalty));
    }

    /** Keeps the answer from ending before it has so many tokens. */
    static LogitsProcessor minNewTokens(int least, int promptLength, List<Integer> eosTokenIds) {
        return (ids, logits) -> {
            if (ids.length - promptLength < least) eosTokenIds.forEach(id -> logits[id] = Float.NEGATIVE_INFINITY);
        };
    }
}
