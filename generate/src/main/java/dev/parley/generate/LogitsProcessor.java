package dev.parley.generate;

import dev.parley.generate.constraint.TokenMasks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

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

    /**
     * The processors of a config, in transformers' order.
     *
     * @param promptLength tokens of the prompt
     * @param masks of the config's grammar, where it has one
     */
    static List<LogitsProcessor> of(GenerationConfig c, int promptLength, Optional<TokenMasks> masks) {
        var all = new ArrayList<LogitsProcessor>();
        if (!c.sequenceBias().isEmpty()) all.add(Bans.sequenceBias(c.sequenceBias()));
        if (c.repetitionPenalty() != 1) all.add(repetitionPenalty(c.repetitionPenalty()));
        if (c.presencePenalty() != 0 || c.frequencyPenalty() != 0) all.add(ofAnswer(promptLength, presenceAndFrequency(c.presencePenalty(), c.frequencyPenalty())));
        if (c.noRepeatNgramSize() > 0) all.add(Bans.noRepeatNgram(c.noRepeatNgramSize()));
        if (!c.badWordsIds().isEmpty()) all.add(Bans.badWords(c.badWordsIds(), c.eosTokenIds()));
        if (c.minNewTokens() > 0) all.add(minNewTokens(c.minNewTokens(), promptLength, c.eosTokenIds()));
        if (!c.suppressTokens().isEmpty()) all.add(Bans.suppress(c.suppressTokens()));
        var ends = c.ignoreEos() ? List.<Integer>of() : c.eosTokenIds();
        masks.map(m -> m.follow(promptLength)).ifPresent(form -> all.add((ids, logits) -> form.apply(ids, ends, logits)));
        if (c.temperature() > 0) {
            if (c.temperature() != 1) all.add(temperature(c.temperature()));
            if (c.topK() > 0) all.add(topK(c.topK()));
            if (c.topP() < 1) all.add(topP(c.topP()));
            if (c.minP() > 0) all.add(minP(c.minP()));
            if (c.typicalP() < 1) all.add(Entropy.typical(c.typicalP()));
            if (c.epsilonCutoff() > 0) all.add(Entropy.epsilonCutoff(c.epsilonCutoff()));
            if (c.etaCutoff() > 0) all.add(Entropy.etaCutoff(c.etaCutoff()));
        }
        return all;
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

    /** A processor that sees the answer alone: OpenAI's penalties count what was drawn, not what was asked. */
    private static LogitsProcessor ofAnswer(int promptLength, LogitsProcessor processor) {
        return (ids, logits) -> processor.process(Arrays.copyOfRange(ids, promptLength, ids.length), logits);
    }

    /** Takes from the score of tokens that are there: once, and for each time; as OpenAI's API has it. */
    static LogitsProcessor presenceAndFrequency(double presence, double frequency) {
        return (ids, logits) -> {
            for (var id : ids) logits[id] -= (float) frequency;
            Arrays.stream(ids).distinct().forEach(id -> logits[id] -= (float) presence);
        };
    }

    /** Keeps the answer from ending before it has so many tokens. */
    static LogitsProcessor minNewTokens(int least, int promptLength, List<Integer> eosTokenIds) {
        return (ids, logits) -> {
            if (ids.length - promptLength < least) eosTokenIds.forEach(id -> logits[id] = Float.NEGATIVE_INFINITY);
        };
    }
}
