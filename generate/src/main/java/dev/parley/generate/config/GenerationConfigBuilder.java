package dev.parley.generate.config;

import static dev.parley.generate.config.GenerationSettings.*;

import dev.parley.generate.config.GenerationConfig.EarlyStopping;
import dev.parley.generate.config.GenerationConfig.EndDecay;
import dev.parley.grammar.Grammar;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The values of a {@link GenerationConfig} while they are being chosen; {@link #build()} checks all at once. Each method sets the
 * setting of its name, and {@link #set} any of {@link GenerationSettings}.
 */
public final class GenerationConfigBuilder {

    private final Object[] values;

    GenerationConfigBuilder() {
        values = GenerationSettings.all().stream().map(Setting::byDefault).toArray();
    }

    GenerationConfigBuilder(Object[] values) {
        this.values = values.clone();
    }

    /** What a setting is at present. */
    @SuppressWarnings("unchecked") // only set() writes, a value of the setting's type
    public <T> T get(Setting<T> setting) {
        return (T) values[setting.index()];
    }

    /** Sets any setting. */
    public <T> GenerationConfigBuilder set(Setting<T> setting, T value) {
        values[setting.index()] = switch (value) {
            case List<?> list -> List.copyOf(list);
            case Map<?, ?> map -> Map.copyOf(map);
            default -> value;
        };
        return this;
    }

    /** The finished settings. @throws IllegalArgumentException listing every fault */
    public GenerationConfig build() {
        var config = new GenerationConfig(values.clone());
        var faults = new ArrayList<String>();
        for (var setting : GenerationSettings.all()) fault(setting, config).ifPresent(faults::add);
        contradictions(config, faults);
        if (!faults.isEmpty()) throw new IllegalArgumentException("Nothing can be generated so: " + String.join("; ", faults) + ".");
        return config;
    }

    private static <T> Optional<String> fault(Setting<T> setting, GenerationConfig config) {
        return setting.fault(config.get(setting));
    }

    private static void contradictions(GenerationConfig c, List<String> faults) {
        if (c.numBeams() > 1 && c.numReturnSequences() > c.numBeams()) {
            faults.add("num_return_sequences " + c.numReturnSequences() + " is above num_beams " + c.numBeams());
        }
        var contrastive = c.penaltyAlpha() != 0 && !(c.temperature() > 0);
        if (contrastive && !(c.topK() >= 2 && c.topK() <= 1024 && c.numBeams() == 1)) {
            faults.add("penalty_alpha " + c.penaltyAlpha() + " needs a top_k in 2..1024 and num_beams 1");
        }
        if (c.grammar().isPresent() && (c.forcedBosTokenId() >= 0 || c.forcedEosTokenId() >= 0))
            faults.add("a grammar and forced tokens exclude each other");
    }

    public GenerationConfigBuilder temperature(double temperature) {
        return set(TEMPERATURE, temperature);
    }

    public GenerationConfigBuilder topP(double topP) {
        return set(TOP_P, topP);
    }

    public GenerationConfigBuilder topK(int topK) {
        return set(TOP_K, topK);
    }

    public GenerationConfigBuilder minP(double minP) {
        return set(MIN_P, minP);
    }

    public GenerationConfigBuilder typicalP(double typicalP) {
        return set(TYPICAL_P, typicalP);
    }

    public GenerationConfigBuilder epsilonCutoff(double epsilonCutoff) {
        return set(EPSILON_CUTOFF, epsilonCutoff);
    }

    public GenerationConfigBuilder etaCutoff(double etaCutoff) {
        return set(ETA_CUTOFF, etaCutoff);
    }

    public GenerationConfigBuilder maxNewTokens(int maxNewTokens) {
        return set(MAX_NEW_TOKENS, maxNewTokens);
    }

    public GenerationConfigBuilder repetitionPenalty(double repetitionPenalty) {
        return set(REPETITION_PENALTY, repetitionPenalty);
    }

    public GenerationConfigBuilder presencePenalty(double presencePenalty) {
        return set(PRESENCE_PENALTY, presencePenalty);
    }

    public GenerationConfigBuilder frequencyPenalty(double frequencyPenalty) {
        return set(FREQUENCY_PENALTY, frequencyPenalty);
    }

    public GenerationConfigBuilder noRepeatNgramSize(int noRepeatNgramSize) {
        return set(NO_REPEAT_NGRAM_SIZE, noRepeatNgramSize);
    }

    public GenerationConfigBuilder seed(long seed) {
        return set(SEED, seed);
    }

    public GenerationConfigBuilder minNewTokens(int minNewTokens) {
        return set(MIN_NEW_TOKENS, minNewTokens);
    }

    public GenerationConfigBuilder maxLength(int maxLength) {
        return set(MAX_LENGTH, maxLength);
    }

    public GenerationConfigBuilder minLength(int minLength) {
        return set(MIN_LENGTH, minLength);
    }

    public GenerationConfigBuilder maxTime(double maxTime) {
        return set(MAX_TIME, maxTime);
    }

    public GenerationConfigBuilder stopStrings(List<String> stopStrings) {
        return set(STOP_STRINGS, stopStrings);
    }

    public GenerationConfigBuilder eosTokenIds(List<Integer> eosTokenIds) {
        return set(EOS_TOKEN_ID, eosTokenIds);
    }

    public GenerationConfigBuilder ignoreEos(boolean ignoreEos) {
        return set(IGNORE_EOS, ignoreEos);
    }

    public GenerationConfigBuilder exponentialDecayLengthPenalty(EndDecay exponentialDecayLengthPenalty) {
        return set(EXPONENTIAL_DECAY_LENGTH_PENALTY, Optional.of(exponentialDecayLengthPenalty));
    }

    public GenerationConfigBuilder badWordsIds(List<List<Integer>> badWordsIds) {
        return set(BAD_WORDS_IDS, badWordsIds);
    }

    public GenerationConfigBuilder suppressTokens(List<Integer> suppressTokens) {
        return set(SUPPRESS_TOKENS, suppressTokens);
    }

    public GenerationConfigBuilder beginSuppressTokens(List<Integer> beginSuppressTokens) {
        return set(BEGIN_SUPPRESS_TOKENS, beginSuppressTokens);
    }

    public GenerationConfigBuilder sequenceBias(Map<List<Integer>, Double> sequenceBias) {
        return set(SEQUENCE_BIAS, sequenceBias);
    }

    public GenerationConfigBuilder forcedBosTokenId(int forcedBosTokenId) {
        return set(FORCED_BOS_TOKEN_ID, forcedBosTokenId);
    }

    public GenerationConfigBuilder forcedEosTokenId(int forcedEosTokenId) {
        return set(FORCED_EOS_TOKEN_ID, forcedEosTokenId);
    }

    public GenerationConfigBuilder grammar(Grammar grammar) {
        return set(GRAMMAR, Optional.of(grammar));
    }

    public GenerationConfigBuilder numReturnSequences(int numReturnSequences) {
        return set(NUM_RETURN_SEQUENCES, numReturnSequences);
    }

    public GenerationConfigBuilder numBeams(int numBeams) {
        return set(NUM_BEAMS, numBeams);
    }

    public GenerationConfigBuilder lengthPenalty(double lengthPenalty) {
        return set(LENGTH_PENALTY, lengthPenalty);
    }

    public GenerationConfigBuilder earlyStopping(EarlyStopping earlyStopping) {
        return set(EARLY_STOPPING, earlyStopping);
    }

    public GenerationConfigBuilder penaltyAlpha(double penaltyAlpha) {
        return set(PENALTY_ALPHA, penaltyAlpha);
    }

    public GenerationConfigBuilder promptLookupNumTokens(int promptLookupNumTokens) {
        return set(PROMPT_LOOKUP_NUM_TOKENS, promptLookupNumTokens);
    }

    public GenerationConfigBuilder numAssistantTokens(int numAssistantTokens) {
        return set(NUM_ASSISTANT_TOKENS, numAssistantTokens);
    }

    public GenerationConfigBuilder logprobs(int logprobs) {
        return set(LOGPROBS, logprobs);
    }

    public GenerationConfigBuilder useCache(boolean useCache) {
        return set(USE_CACHE, useCache);
    }
}
