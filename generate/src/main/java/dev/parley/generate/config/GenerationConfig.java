package dev.parley.generate.config;

import static dev.parley.generate.config.GenerationSettings.*;

import dev.parley.grammar.Grammar;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How to continue a text, with the names and the meanings of transformers' {@code GenerationConfig}, except that a temperature
 * of 0 selects greedy decoding. {@link GenerationSettings} says what each setting does. Immutable; {@link #toBuilder()} changes a copy.
 *
 * <pre>{@code
 * var config = GenerationConfig.builder().maxNewTokens(100).temperature(0.8).topP(0.95).build();
 * }</pre>
 */
public final class GenerationConfig {

    /** Greedy, to the end of the context, ended by no token. */
    public static final GenerationConfig DEFAULT = builder().build();

    /** When beam search stops. */
    public enum EarlyStopping {
        /** When no running beam looks as if it could still be among the best. */
        FALSE,
        /** As soon as enough beams have ended. */
        TRUE,
        /** When no running beam can be among the best. */
        NEVER
    }

    /**
     * A pull towards the end: to the score of each end token its size times {@code factor} to the number of tokens past {@code start} is
     * added.
     *
     * @param start tokens of the answer without it
     * @param factor above 1 pulls
     */
    public record EndDecay(int start, double factor) {}

    private final Object[] values; // by the settings' index, so that a look costs as little as a field

    GenerationConfig(Object[] values) {
        this.values = values;
    }

    /** All defaults. */
    public static GenerationConfigBuilder builder() {
        return new GenerationConfigBuilder();
    }

    /** A builder with these values. */
    public GenerationConfigBuilder toBuilder() {
        return new GenerationConfigBuilder(values);
    }

    /** The settings that a model folder recommends in {@code generation_config.json}; the defaults where it has none. */
    public static GenerationConfig read(Path folder) throws IOException {
        return GenerationConfigFile.read(folder);
    }

    /** Writes {@code generation_config.json}. */
    public void write(Path folder) throws IOException {
        GenerationConfigFile.write(this, folder);
    }

    /** The value of a setting. */
    @SuppressWarnings("unchecked") // the builder takes values of the setting's type alone
    public <T> T get(Setting<T> setting) {
        return (T) values[setting.index()];
    }

    /** The same with another {@link GenerationSettings#MAX_NEW_TOKENS}. */
    public GenerationConfig withMaxNewTokens(int tokens) {
        return toBuilder().maxNewTokens(tokens).build();
    }

    /** The same with another {@link GenerationSettings#MAX_LENGTH}. */
    public GenerationConfig withMaxLength(int tokens) {
        return toBuilder().maxLength(tokens).build();
    }

    /** Samples with these limits. */
    public GenerationConfig withSampling(double temperature, int topK, double topP, double minP) {
        return toBuilder().temperature(temperature).topK(topK).topP(topP).minP(minP).build();
    }

    /** The same with another {@link GenerationSettings#SEED}. */
    public GenerationConfig withSeed(long seed) {
        return toBuilder().seed(seed).build();
    }

    /** Ends at these tokens and texts. */
    public GenerationConfig withStops(List<Integer> eosTokenIds, List<String> stopStrings) {
        return toBuilder().eosTokenIds(eosTokenIds).stopStrings(stopStrings).build();
    }

    /** The same with another {@link GenerationSettings#IGNORE_EOS}. */
    public GenerationConfig withIgnoreEos(boolean ignore) {
        return toBuilder().ignoreEos(ignore).build();
    }

    /** {@link GenerationSettings#TEMPERATURE} */
    public double temperature() {
        return get(TEMPERATURE);
    }

    /** {@link GenerationSettings#TOP_P} */
    public double topP() {
        return get(TOP_P);
    }

    /** {@link GenerationSettings#TOP_K} */
    public int topK() {
        return get(TOP_K);
    }

    /** {@link GenerationSettings#MIN_P} */
    public double minP() {
        return get(MIN_P);
    }

    /** {@link GenerationSettings#TYPICAL_P} */
    public double typicalP() {
        return get(TYPICAL_P);
    }

    /** {@link GenerationSettings#EPSILON_CUTOFF} */
    public double epsilonCutoff() {
        return get(EPSILON_CUTOFF);
    }

    /** {@link GenerationSettings#ETA_CUTOFF} */
    public double etaCutoff() {
        return get(ETA_CUTOFF);
    }

    /** {@link GenerationSettings#MAX_NEW_TOKENS} */
    public int maxNewTokens() {
        return get(MAX_NEW_TOKENS);
    }

    /** {@link GenerationSettings#THINKING_BUDGET} */
    public int thinkingBudget() {
        return get(THINKING_BUDGET);
    }

    /** {@link GenerationSettings#REPETITION_PENALTY} */
    public double repetitionPenalty() {
        return get(REPETITION_PENALTY);
    }

    /** {@link GenerationSettings#REPETITION_WINDOW} */
    public int repetitionWindow() {
        return get(REPETITION_WINDOW);
    }

    /** {@link GenerationSettings#PRESENCE_PENALTY} */
    public double presencePenalty() {
        return get(PRESENCE_PENALTY);
    }

    /** {@link GenerationSettings#FREQUENCY_PENALTY} */
    public double frequencyPenalty() {
        return get(FREQUENCY_PENALTY);
    }

    /** {@link GenerationSettings#NO_REPEAT_NGRAM_SIZE} */
    public int noRepeatNgramSize() {
        return get(NO_REPEAT_NGRAM_SIZE);
    }

    /** {@link GenerationSettings#SEED} */
    public long seed() {
        return get(SEED);
    }

    /** {@link GenerationSettings#MIN_NEW_TOKENS} */
    public int minNewTokens() {
        return get(MIN_NEW_TOKENS);
    }

    /** {@link GenerationSettings#MAX_LENGTH} */
    public int maxLength() {
        return get(MAX_LENGTH);
    }

    /** {@link GenerationSettings#MIN_LENGTH} */
    public int minLength() {
        return get(MIN_LENGTH);
    }

    /** {@link GenerationSettings#MAX_TIME} */
    public double maxTime() {
        return get(MAX_TIME);
    }

    /** {@link GenerationSettings#STOP_STRINGS} */
    public List<String> stopStrings() {
        return get(STOP_STRINGS);
    }

    /** {@link GenerationSettings#EOS_TOKEN_ID} */
    public List<Integer> eosTokenIds() {
        return get(EOS_TOKEN_ID);
    }

    /** {@link GenerationSettings#IGNORE_EOS} */
    public boolean ignoreEos() {
        return get(IGNORE_EOS);
    }

    /** {@link GenerationSettings#EXPONENTIAL_DECAY_LENGTH_PENALTY} */
    public Optional<EndDecay> exponentialDecayLengthPenalty() {
        return get(EXPONENTIAL_DECAY_LENGTH_PENALTY);
    }

    /** {@link GenerationSettings#BAD_WORDS_IDS} */
    public List<List<Integer>> badWordsIds() {
        return get(BAD_WORDS_IDS);
    }

    /** {@link GenerationSettings#SUPPRESS_TOKENS} */
    public List<Integer> suppressTokens() {
        return get(SUPPRESS_TOKENS);
    }

    /** {@link GenerationSettings#BEGIN_SUPPRESS_TOKENS} */
    public List<Integer> beginSuppressTokens() {
        return get(BEGIN_SUPPRESS_TOKENS);
    }

    /** {@link GenerationSettings#SEQUENCE_BIAS} */
    public Map<List<Integer>, Double> sequenceBias() {
        return get(SEQUENCE_BIAS);
    }

    /** {@link GenerationSettings#FORCED_BOS_TOKEN_ID} */
    public int forcedBosTokenId() {
        return get(FORCED_BOS_TOKEN_ID);
    }

    /** {@link GenerationSettings#FORCED_EOS_TOKEN_ID} */
    public int forcedEosTokenId() {
        return get(FORCED_EOS_TOKEN_ID);
    }

    /** {@link GenerationSettings#GRAMMAR} */
    public Optional<Grammar> grammar() {
        return get(GRAMMAR);
    }

    /** {@link GenerationSettings#NUM_RETURN_SEQUENCES} */
    public int numReturnSequences() {
        return get(NUM_RETURN_SEQUENCES);
    }

    /** {@link GenerationSettings#NUM_BEAMS} */
    public int numBeams() {
        return get(NUM_BEAMS);
    }

    /** {@link GenerationSettings#LENGTH_PENALTY} */
    public double lengthPenalty() {
        return get(LENGTH_PENALTY);
    }

    /** {@link GenerationSettings#EARLY_STOPPING} */
    public EarlyStopping earlyStopping() {
        return get(EARLY_STOPPING);
    }

    /** {@link GenerationSettings#PENALTY_ALPHA} */
    public double penaltyAlpha() {
        return get(PENALTY_ALPHA);
    }

    /** {@link GenerationSettings#PROMPT_LOOKUP_NUM_TOKENS} */
    public int promptLookupNumTokens() {
        return get(PROMPT_LOOKUP_NUM_TOKENS);
    }

    /** {@link GenerationSettings#NUM_ASSISTANT_TOKENS} */
    public int numAssistantTokens() {
        return get(NUM_ASSISTANT_TOKENS);
    }

    /** {@link GenerationSettings#ASSISTANT_CONFIDENCE_THRESHOLD} */
    public double assistantConfidenceThreshold() {
        return get(ASSISTANT_CONFIDENCE_THRESHOLD);
    }

    /** {@link GenerationSettings#LOGPROBS} */
    public int logprobs() {
        return get(LOGPROBS);
    }

    /** {@link GenerationSettings#SHOWN_SPECIAL_TOKENS} */
    public List<Integer> shownSpecialTokens() {
        return get(SHOWN_SPECIAL_TOKENS);
    }

    /** {@link GenerationSettings#USE_CACHE} */
    public boolean useCache() {
        return get(USE_CACHE);
    }
}
