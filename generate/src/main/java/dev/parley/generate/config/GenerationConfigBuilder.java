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

    /**
     * The finished settings.
     *
     * @throws IllegalArgumentException listing every fault
     */
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

    /** {@link GenerationSettings#TEMPERATURE} */
    public GenerationConfigBuilder temperature(double temperature) {
        return set(TEMPERATURE, temperature);
    }

    /** {@link GenerationSettings#TOP_P} */
    public GenerationConfigBuilder topP(double topP) {
        return set(TOP_P, topP);
    }

    /** {@link GenerationSettings#TOP_K} */
    public GenerationConfigBuilder topK(int topK) {
        return set(TOP_K, topK);
    }

    /** {@link GenerationSettings#MIN_P} */
    public GenerationConfigBuilder minP(double minP) {
        return set(MIN_P, minP);
    }

    /** {@link GenerationSettings#TYPICAL_P} */
    public GenerationConfigBuilder typicalP(double typicalP) {
        return set(TYPICAL_P, typicalP);
    }

    /** {@link GenerationSettings#EPSILON_CUTOFF} */
    public GenerationConfigBuilder epsilonCutoff(double epsilonCutoff) {
        return set(EPSILON_CUTOFF, epsilonCutoff);
    }

    /** {@link GenerationSettings#ETA_CUTOFF} */
    public GenerationConfigBuilder etaCutoff(double etaCutoff) {
        return set(ETA_CUTOFF, etaCutoff);
    }

    /** {@link GenerationSettings#MAX_NEW_TOKENS} */
    public GenerationConfigBuilder maxNewTokens(int maxNewTokens) {
        return set(MAX_NEW_TOKENS, maxNewTokens);
    }

    /** {@link GenerationSettings#THINKING_BUDGET} */
    public GenerationConfigBuilder thinkingBudget(int thinkingBudget) {
        return set(THINKING_BUDGET, thinkingBudget);
    }

    /** {@link GenerationSettings#REPETITION_PENALTY} */
    public GenerationConfigBuilder repetitionPenalty(double repetitionPenalty) {
        return set(REPETITION_PENALTY, repetitionPenalty);
    }

    /** {@link GenerationSettings#REPETITION_WINDOW} */
    public GenerationConfigBuilder repetitionWindow(int repetitionWindow) {
        return set(REPETITION_WINDOW, repetitionWindow);
    }

    /** {@link GenerationSettings#PRESENCE_PENALTY} */
    public GenerationConfigBuilder presencePenalty(double presencePenalty) {
        return set(PRESENCE_PENALTY, presencePenalty);
    }

    /** {@link GenerationSettings#FREQUENCY_PENALTY} */
    public GenerationConfigBuilder frequencyPenalty(double frequencyPenalty) {
        return set(FREQUENCY_PENALTY, frequencyPenalty);
    }

    /** {@link GenerationSettings#NO_REPEAT_NGRAM_SIZE} */
    public GenerationConfigBuilder noRepeatNgramSize(int noRepeatNgramSize) {
        return set(NO_REPEAT_NGRAM_SIZE, noRepeatNgramSize);
    }

    /** {@link GenerationSettings#SEED} */
    public GenerationConfigBuilder seed(long seed) {
        return set(SEED, seed);
    }

    /** {@link GenerationSettings#MIN_NEW_TOKENS} */
    public GenerationConfigBuilder minNewTokens(int minNewTokens) {
        return set(MIN_NEW_TOKENS, minNewTokens);
    }

    /** {@link GenerationSettings#MAX_LENGTH} */
    public GenerationConfigBuilder maxLength(int maxLength) {
        return set(MAX_LENGTH, maxLength);
    }

    /** {@link GenerationSettings#MIN_LENGTH} */
    public GenerationConfigBuilder minLength(int minLength) {
        return set(MIN_LENGTH, minLength);
    }

    /** {@link GenerationSettings#MAX_TIME} */
    public GenerationConfigBuilder maxTime(double maxTime) {
        return set(MAX_TIME, maxTime);
    }

    /** {@link GenerationSettings#STOP_STRINGS} */
    public GenerationConfigBuilder stopStrings(List<String> stopStrings) {
        return set(STOP_STRINGS, stopStrings);
    }

    /** {@link GenerationSettings#EOS_TOKEN_ID} */
    public GenerationConfigBuilder eosTokenIds(List<Integer> eosTokenIds) {
        return set(EOS_TOKEN_ID, eosTokenIds);
    }

    /** {@link GenerationSettings#IGNORE_EOS} */
    public GenerationConfigBuilder ignoreEos(boolean ignoreEos) {
        return set(IGNORE_EOS, ignoreEos);
    }

    /** {@link GenerationSettings#EXPONENTIAL_DECAY_LENGTH_PENALTY} */
    public GenerationConfigBuilder exponentialDecayLengthPenalty(EndDecay exponentialDecayLengthPenalty) {
        return set(EXPONENTIAL_DECAY_LENGTH_PENALTY, Optional.of(exponentialDecayLengthPenalty));
    }

    /** {@link GenerationSettings#BAD_WORDS_IDS} */
    public GenerationConfigBuilder badWordsIds(List<List<Integer>> badWordsIds) {
        return set(BAD_WORDS_IDS, badWordsIds);
    }

    /** {@link GenerationSettings#SUPPRESS_TOKENS} */
    public GenerationConfigBuilder suppressTokens(List<Integer> suppressTokens) {
        return set(SUPPRESS_TOKENS, suppressTokens);
    }

    /** {@link GenerationSettings#BEGIN_SUPPRESS_TOKENS} */
    public GenerationConfigBuilder beginSuppressTokens(List<Integer> beginSuppressTokens) {
        return set(BEGIN_SUPPRESS_TOKENS, beginSuppressTokens);
    }

    /** {@link GenerationSettings#SEQUENCE_BIAS} */
    public GenerationConfigBuilder sequenceBias(Map<List<Integer>, Double> sequenceBias) {
        return set(SEQUENCE_BIAS, sequenceBias);
    }

    /** {@link GenerationSettings#FORCED_BOS_TOKEN_ID} */
    public GenerationConfigBuilder forcedBosTokenId(int forcedBosTokenId) {
        return set(FORCED_BOS_TOKEN_ID, forcedBosTokenId);
    }

    /** {@link GenerationSettings#FORCED_EOS_TOKEN_ID} */
    public GenerationConfigBuilder forcedEosTokenId(int forcedEosTokenId) {
        return set(FORCED_EOS_TOKEN_ID, forcedEosTokenId);
    }

    /** {@link GenerationSettings#GRAMMAR} */
    public GenerationConfigBuilder grammar(Grammar grammar) {
        return set(GRAMMAR, Optional.of(grammar));
    }

    /** {@link GenerationSettings#NUM_RETURN_SEQUENCES} */
    public GenerationConfigBuilder numReturnSequences(int numReturnSequences) {
        return set(NUM_RETURN_SEQUENCES, numReturnSequences);
    }

    /** {@link GenerationSettings#NUM_BEAMS} */
    public GenerationConfigBuilder numBeams(int numBeams) {
        return set(NUM_BEAMS, numBeams);
    }

    /** {@link GenerationSettings#LENGTH_PENALTY} */
    public GenerationConfigBuilder lengthPenalty(double lengthPenalty) {
        return set(LENGTH_PENALTY, lengthPenalty);
    }

    /** {@link GenerationSettings#EARLY_STOPPING} */
    public GenerationConfigBuilder earlyStopping(EarlyStopping earlyStopping) {
        return set(EARLY_STOPPING, earlyStopping);
    }

    /** {@link GenerationSettings#PENALTY_ALPHA} */
    public GenerationConfigBuilder penaltyAlpha(double penaltyAlpha) {
        return set(PENALTY_ALPHA, penaltyAlpha);
    }

    /** {@link GenerationSettings#PROMPT_LOOKUP_NUM_TOKENS} */
    public GenerationConfigBuilder promptLookupNumTokens(int promptLookupNumTokens) {
        return set(PROMPT_LOOKUP_NUM_TOKENS, promptLookupNumTokens);
    }

    /** {@link GenerationSettings#NUM_ASSISTANT_TOKENS} */
    public GenerationConfigBuilder numAssistantTokens(int numAssistantTokens) {
        return set(NUM_ASSISTANT_TOKENS, numAssistantTokens);
    }

    /** {@link GenerationSettings#ASSISTANT_CONFIDENCE_THRESHOLD} */
    public GenerationConfigBuilder assistantConfidenceThreshold(double assistantConfidenceThreshold) {
        return set(ASSISTANT_CONFIDENCE_THRESHOLD, assistantConfidenceThreshold);
    }

    /** {@link GenerationSettings#LOGPROBS} */
    public GenerationConfigBuilder logprobs(int logprobs) {
        return set(LOGPROBS, logprobs);
    }

    /** {@link GenerationSettings#SHOWN_SPECIAL_TOKENS} */
    public GenerationConfigBuilder shownSpecialTokens(List<Integer> shownSpecialTokens) {
        return set(SHOWN_SPECIAL_TOKENS, shownSpecialTokens);
    }

    /** {@link GenerationSettings#USE_CACHE} */
    public GenerationConfigBuilder useCache(boolean useCache) {
        return set(USE_CACHE, useCache);
    }
}
