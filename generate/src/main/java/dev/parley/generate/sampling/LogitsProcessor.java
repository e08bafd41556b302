package dev.parley.generate.sampling;

import dev.parley.generate.config.GenerationConfig;
import dev.parley.grammar.TokenMasks;
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
     * @param limit new tokens at most
     * @param masks of the config's grammar, where it has one
     */
    static List<LogitsProcessor> of(GenerationConfig c, int promptLength, int limit, Optional<TokenMasks> masks) {
        var all = new ArrayList<LogitsProcessor>();
        if (!c.sequenceBias().isEmpty()) all.add(BanProcessors.sequenceBias(c.sequenceBias()));
        if (c.repetitionPenalty() != 1) all.add(ofLast(c.repetitionWindow(), repetitionPenalty(c.repetitionPenalty())));
        if (c.presencePenalty() != 0 || c.frequencyPenalty() != 0)
            all.add(ofAnswer(promptLength, presenceAndFrequency(c.presencePenalty(), c.frequencyPenalty())));
        if (c.noRepeatNgramSize() > 0) all.add(BanProcessors.noRepeatNgram(c.noRepeatNgramSize()));
        if (!c.badWordsIds().isEmpty()) all.add(BanProcessors.badWords(c.badWordsIds(), c.eosTokenIds()));
        if (c.minLength() > 0) all.add(EndProcessors.notBefore(c.minLength(), c.eosTokenIds()));
        if (c.minNewTokens() > 0) all.add(EndProcessors.notBefore(promptLength + c.minNewTokens(), c.eosTokenIds()));
        var ends = c.ignoreEos() ? List.<Integer>of() : c.eosTokenIds();
        masks.map(m -> m.follow(promptLength))
                .ifPresent(grammar -> all.add((ids, logits) -> grammar.apply(ids, EndProcessors.within(ends, logits.length), logits)));
        if (c.forcedBosTokenId() >= 0) all.add(EndProcessors.forced(1, c.forcedBosTokenId()));
        if (c.forcedEosTokenId() >= 0) all.add(EndProcessors.forced(promptLength + limit - 1, c.forcedEosTokenId()));
        c.exponentialDecayLengthPenalty()
                .ifPresent(d -> all.add(EndProcessors.decay(promptLength + d.start(), d.factor(), c.eosTokenIds())));
        if (!c.suppressTokens().isEmpty()) all.add(BanProcessors.suppress(c.suppressTokens()));
        if (!c.beginSuppressTokens().isEmpty())
            all.add(BanProcessors.suppressAt(promptLength == 1 && c.forcedBosTokenId() >= 0 ? 2 : promptLength, c.beginSuppressTokens()));
        if (c.temperature() > 0) all.addAll(warpers(c));
        return all;
    }

    /** What shapes the distribution. With beams, a token stays in reserve for each that ends the sequence. */
    private static List<LogitsProcessor> warpers(GenerationConfig c) {
        var least = c.numBeams() > 1 ? Math.max(2, 1 + c.eosTokenIds().size()) : 1;
        var all = new ArrayList<LogitsProcessor>();
        if (c.temperature() != 1) all.add(temperature(c.temperature()));
        if (c.topK() > 0) all.add(topK(Math.max(c.topK(), least)));
        if (c.topP() < 1) all.add(keeping(least, topP(c.topP())));
        if (c.minP() > 0) all.add(keeping(least, minP(c.minP())));
        if (c.typicalP() < 1) all.add(EntropyProcessors.typical(c.typicalP(), least));
        if (c.epsilonCutoff() > 0) all.add(keeping(least, EntropyProcessors.epsilonCutoff(c.epsilonCutoff())));
        if (c.etaCutoff() > 0) all.add(keeping(least, EntropyProcessors.etaCutoff(c.etaCutoff())));
        return all;
    }

    /** A processor that leaves so many of the likeliest as they are. */
    private static LogitsProcessor keeping(int least, LogitsProcessor processor) {
        if (least == 1) return processor;
        return (ids, logits) -> {
            var before = logits.clone();
            processor.process(ids, logits);
            var lowest = TopK.score(before, Math.min(least, before.length));
            for (int i = 0; i < logits.length; i++) {
                if (before[i] >= lowest) logits[i] = before[i];
            }
        };
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
            var least = TopK.score(logits, k);
            for (int i = 0; i < logits.length; i++) {
                if (logits[i] < least) logits[i] = Float.NEGATIVE_INFINITY;
            }
        };
    }

    /** Keeps the likeliest whose probabilities reach p together, one at least; Holtzman et al. 2020 (arXiv:1904.09751). */
    static LogitsProcessor topP(double p) {
        return (ids, logits) -> {
            var probabilities = Sampler.softmax(logits);
            var order = TopK.sorted(probabilities, p);
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

    /** A processor that sees the last tokens alone, as llama.cpp has it; 0 for all. */
    private static LogitsProcessor ofLast(int tokens, LogitsProcessor processor) {
        if (tokens == 0) return processor;
        return (ids, logits) -> processor.process(Arrays.copyOfRange(ids, Math.max(0, ids.length - tokens), ids.length), logits);
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
}
