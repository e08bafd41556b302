package dev.parley.generate.config;

import dev.parley.grammar.Grammar;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How to continue a text, under the names and with the meanings of transformers' {@code GenerationConfig}, but that a
 * temperature of 0 is what says greedy. Immutable; {@link #toBuilder()} changes a copy.
 *
 * <pre>{@code
 * var config = GenerationConfig.builder().maxNewTokens(100).temperature(0.8).topP(0.95).build();
 * }</pre>
 */
public final class GenerationConfig {

    /** Greedy, to the end of the context, ended by no token. */
    public static final GenerationConfig DEFAULT = builder().build();

    /** When a search by beams stops. */
    public enum EarlyStopping {
        /** When no running beam looks as if it could still be among the best. */
        FALSE,
        /** As soon as there are enough that have ended. */
        TRUE,
        /** When no running beam can be among the best. */
        NEVER
    }

    /**
     * A pull towards the end: to the score of each end token its size times {@code factor} to the number of tokens past {@code start} is added.
     *
     * @param start tokens of the answer without it
     * @param factor above 1 pulls
     */
    public record EndDecay(int start, double factor) {}

    private final Builder values;

    private GenerationConfig(Builder values) {
        this.values = values;
    }

    /** All defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder with these values. */
    public Builder toBuilder() {
        return new Builder(values);
    }

    /** The settings that a model folder recommends in {@code generation_config.json}; the defaults where it has none. */
    public static GenerationConfig read(Path folder) throws IOException {
        return GenerationConfigFile.read(folder);
    }

    /** Writes {@code generation_config.json}. */
    public void write(Path folder) throws IOException {
        GenerationConfigFile.write(this, folder);
    }

    /** Tokens to make at most; 0 takes maxLength, or fills the context. */
    public int maxNewTokens() {
        return values.maxNewTokens;
    }

    /** Tokens of prompt and answer together at most, where maxNewTokens is 0; 0 is no limit. */
    public int maxLength() {
        return values.maxLength;
    }

    /** Tokens before the answer may end. */
    public int minNewTokens() {
        return values.minNewTokens;
    }

    /** Tokens of prompt and answer together before the answer may end. */
    public int minLength() {
        return values.minLength;
    }

    /** Seconds after which all texts end; 0 is no limit. */
    public double maxTime() {
        return values.maxTime;
    }

    /** Divides the scores; 0 always takes the likeliest token. */
    public double temperature() {
        return values.temperature;
    }

    /** Draws from so many of the likeliest; 0 from all. */
    public int topK() {
        return values.topK;
    }

    /** Draws from the likeliest whose probabilities come to this together; 1 from all. */
    public double topP() {
        return values.topP;
    }

    /** Draws from those at least this part as likely as the likeliest; 0 from all. */
    public double minP() {
        return values.minP;
    }

    /** Draws from those whose surprise is nearest to the expected, up to this probability together; 1 from all. */
    public double typicalP() {
        return values.typicalP;
    }

    /** Draws from those at least this likely; 0 from all. */
    public double epsilonCutoff() {
        return values.epsilonCutoff;
    }

    /** The same with a limit that falls where the choice is wide; 0 from all. */
    public double etaCutoff() {
        return values.etaCutoff;
    }

    /** Makes tokens that are there already less likely; 1 leaves them. */
    public double repetitionPenalty() {
        return values.repetitionPenalty;
    }

    /** Taken from the score of every token that the answer has already. */
    public double presencePenalty() {
        return values.presencePenalty;
    }

    /** Taken from it as often as the answer has the token. */
    public double frequencyPenalty() {
        return values.frequencyPenalty;
    }

    /** No sequence of so many tokens is there twice; 0 allows all. */
    public int noRepeatNgramSize() {
        return values.noRepeatNgramSize;
    }

    /** Sequences of tokens that must not be made. */
    public List<List<Integer>> badWordsIds() {
        return values.badWordsIds;
    }

    /** Tokens that must not be made. */
    public List<Integer> suppressTokens() {
        return values.suppressTokens;
    }

    /** Tokens that must not be the answer's first. */
    public List<Integer> beginSuppressTokens() {
        return values.beginSuppressTokens;
    }

    /** From so many tokens of the answer on, ending becomes likelier. */
    public Optional<EndDecay> exponentialDecayLengthPenalty() {
        return values.exponentialDecayLengthPenalty;
    }

    /** Added to the score of a sequence's last token where the others precede it. */
    public Map<List<Integer>, Double> sequenceBias() {
        return values.sequenceBias;
    }

    /** The second token of a text, after a first alone; -1 forces none. */
    public int forcedBosTokenId() {
        return values.forcedBosTokenId;
    }

    /** The last token, where the limit is reached; -1 forces none. */
    public int forcedEosTokenId() {
        return values.forcedEosTokenId;
    }

    /** Tokens that end the answer. */
    public List<Integer> eosTokenIds() {
        return values.eosTokenIds;
    }

    /** Texts that end the answer, and are no part of it. */
    public List<String> stopStrings() {
        return values.stopStrings;
    }

    /** Go on after a token that ends. */
    public boolean ignoreEos() {
        return values.ignoreEos;
    }

    /** Answers to each prompt. */
    public int numReturnSequences() {
        return values.numReturnSequences;
    }

    /** Texts that are followed at once, the best of which is the answer; 1 follows one. */
    public int numBeams() {
        return values.numBeams;
    }

    /** Beams are compared by the sum of ln p divided by their length to this power. */
    public double lengthPenalty() {
        return values.lengthPenalty;
    }

    /** When beams stop. */
    public EarlyStopping earlyStopping() {
        return values.earlyStopping;
    }

    /**
     * Contrastive search: how much likeness to the text so far counts against a token, among the topK likeliest; 0 searches otherwise.
     * For a temperature of 0.
     */
    public double penaltyAlpha() {
        return values.penaltyAlpha;
    }

    /** Tokens that a draft model guesses at a time, where the generator has one. The text stays the same. */
    public int numAssistantTokens() {
        return values.numAssistantTokens;
    }

    /** Tokens that are guessed from where the text has said the like before, and checked at once; 0 guesses none. The text stays the same. */
    public int promptLookupNumTokens() {
        return values.promptLookupNumTokens;
    }

    /** What the answer must be, to its last character; empty allows all. An answer that reaches its limit is cut off there. */
    public Optional<Grammar> grammar() {
        return values.grammar;
    }

    /** How many of the likeliest alternatives are told for each token; -1 tells nothing. */
    public int logprobs() {
        return values.logprobs;
    }

    /** Of the draws: the same seed gives the same text. */
    public long seed() {
        return values.seed;
    }

    /** Keep keys and values of the tokens before, which changes the speed and not the text. */
    public boolean useCache() {
        return values.useCache;
    }

    public GenerationConfig withMaxNewTokens(int tokens) {
        return toBuilder().maxNewTokens(tokens).build();
    }

    public GenerationConfig withMaxLength(int tokens) {
        return toBuilder().maxLength(tokens).build();
    }

    /** Draws with these limits. */
    public GenerationConfig withSampling(double temperature, int topK, double topP, double minP) {
        return toBuilder().temperature(temperature).topK(topK).topP(topP).minP(minP).build();
    }

    public GenerationConfig withSeed(long seed) {
        return toBuilder().seed(seed).build();
    }

    /** Ends at these tokens and texts. */
    public GenerationConfig withStops(List<Integer> eosTokenIds, List<String> stopStrings) {
        return toBuilder().eosTokenIds(eosTokenIds).stopStrings(stopStrings).build();
    }

    public GenerationConfig withIgnoreEos(boolean ignore) {
        return toBuilder().ignoreEos(ignore).build();
    }

    /** Values while they are being chosen; {@link #build()} checks all at once. */
    public static final class Builder {

        private int maxNewTokens;
        private int maxLength;
        private int minNewTokens;
        private int minLength;
        private double maxTime;
        private double temperature;
        private int topK;
        private double topP = 1;
        private double minP;
        private double typicalP = 1;
        private double epsilonCutoff;
        private double etaCutoff;
        private double repetitionPenalty = 1;
        private double presencePenalty;
        private double frequencyPenalty;
        private int noRepeatNgramSize;
        private List<List<Integer>> badWordsIds = List.of();
        private List<Integer> suppressTokens = List.of();
        private List<Integer> beginSuppressTokens = List.of();
        private Optional<EndDecay> exponentialDecayLengthPenalty = Optional.empty();
        private Map<List<Integer>, Double> sequenceBias = Map.of();
        private int forcedBosTokenId = -1;
        private int forcedEosTokenId = -1;
        private List<Integer> eosTokenIds = List.of();
        private List<String> stopStrings = List.of();
        private boolean ignoreEos;
        private int numReturnSequences = 1;
        private int numBeams = 1;
        private double lengthPenalty = 1;
        private EarlyStopping earlyStopping = EarlyStopping.FALSE;
        private double penaltyAlpha;
        private int numAssistantTokens = 4;
        private int promptLookupNumTokens;
        private Optional<Grammar> grammar = Optional.empty();
        private int logprobs = -1;
        private long seed;
        private boolean useCache = true;

        private Builder() {}

        private Builder(Builder other) {
            maxNewTokens = other.maxNewTokens;
            maxLength = other.maxLength;
            minNewTokens = other.minNewTokens;
            minLength = other.minLength;
            maxTime = other.maxTime;
            temperature = other.temperature;
            topK = other.topK;
            topP = other.topP;
            minP = other.minP;
            typicalP = other.typicalP;
            epsilonCutoff = other.epsilonCutoff;
            etaCutoff = other.etaCutoff;
            repetitionPenalty = other.repetitionPenalty;
            presencePenalty = other.presencePenalty;
            frequencyPenalty = other.frequencyPenalty;
            noRepeatNgramSize = other.noRepeatNgramSize;
            badWordsIds = other.badWordsIds;
            suppressTokens = other.suppressTokens;
            beginSuppressTokens = other.beginSuppressTokens;
            exponentialDecayLengthPenalty = other.exponentialDecayLengthPenalty;
            sequenceBias = other.sequenceBias;
            forcedBosTokenId = other.forcedBosTokenId;
            forcedEosTokenId = other.forcedEosTokenId;
            eosTokenIds = other.eosTokenIds;
            stopStrings = other.stopStrings;
            ignoreEos = other.ignoreEos;
            numReturnSequences = other.numReturnSequences;
            numBeams = other.numBeams;
            lengthPenalty = other.lengthPenalty;
            earlyStopping = other.earlyStopping;
            penaltyAlpha = other.penaltyAlpha;
            numAssistantTokens = other.numAssistantTokens;
            promptLookupNumTokens = other.promptLookupNumTokens;
            grammar = other.grammar;
            logprobs = other.logprobs;
            seed = other.seed;
            useCache = other.useCache;
        }

        /** Tokens to make at most; 0 takes maxLength, or fills the context. */
        public Builder maxNewTokens(int maxNewTokens) {
            this.maxNewTokens = maxNewTokens;
            return this;
        }

        /** Tokens of prompt and answer together at most, where maxNewTokens is 0; 0 is no limit. */
        public Builder maxLength(int maxLength) {
            this.maxLength = maxLength;
            return this;
        }

        /** Tokens before the answer may end. */
        public Builder minNewTokens(int minNewTokens) {
            this.minNewTokens = minNewTokens;
            return this;
        }

        /** Tokens of prompt and answer together before the answer may end. */
        public Builder minLength(int minLength) {
            this.minLength = minLength;
            return this;
        }

        /** Seconds after which all texts end; 0 is no limit. */
        public Builder maxTime(double maxTime) {
            this.maxTime = maxTime;
            return this;
        }

        /** Divides the scores; 0 always takes the likeliest token. */
        public Builder temperature(double temperature) {
            this.temperature = temperature;
            return this;
        }

        /** Draws from so many of the likeliest; 0 from all. */
        public Builder topK(int topK) {
            this.topK = topK;
            return this;
        }

        /** Draws from the likeliest whose probabilities come to this together; 1 from all. */
        public Builder topP(double topP) {
            this.topP = topP;
            return this;
        }

        /** Draws from those at least this part as likely as the likeliest; 0 from all. */
        public Builder minP(double minP) {
            this.minP = minP;
            return this;
        }

        /** Draws from those whose surprise is nearest to the expected, up to this probability together; 1 from all. */
        public Builder typicalP(double typicalP) {
            this.typicalP = typicalP;
            return this;
        }

        /** Draws from those at least this likely; 0 from all. */
        public Builder epsilonCutoff(double epsilonCutoff) {
            this.epsilonCutoff = epsilonCutoff;
            return this;
        }

        /** The same with a limit that falls where the choice is wide; 0 from all. */
        public Builder etaCutoff(double etaCutoff) {
            this.etaCutoff = etaCutoff;
            return this;
        }

        /** Makes tokens that are there already less likely; 1 leaves them. */
        public Builder repetitionPenalty(double repetitionPenalty) {
            this.repetitionPenalty = repetitionPenalty;
            return this;
        }

        /** Taken from the score of every token that the answer has already. */
        public Builder presencePenalty(double presencePenalty) {
            this.presencePenalty = presencePenalty;
            return this;
        }

        /** Taken from it as often as the answer has the token. */
        public Builder frequencyPenalty(double frequencyPenalty) {
            this.frequencyPenalty = frequencyPenalty;
            return this;
        }

        /** No sequence of so many tokens is there twice; 0 allows all. */
        public Builder noRepeatNgramSize(int noRepeatNgramSize) {
            this.noRepeatNgramSize = noRepeatNgramSize;
            return this;
        }

        /** Sequences of tokens that must not be made. */
        public Builder badWordsIds(List<List<Integer>> badWordsIds) {
            this.badWordsIds = List.copyOf(badWordsIds);
            return this;
        }

        /** Tokens that must not be made. */
        public Builder suppressTokens(List<Integer> suppressTokens) {
            this.suppressTokens = List.copyOf(suppressTokens);
            return this;
        }

        /** Tokens that must not be the answer's first. */
        public Builder beginSuppressTokens(List<Integer> beginSuppressTokens) {
            this.beginSuppressTokens = List.copyOf(beginSuppressTokens);
            return this;
        }

        /** From so many tokens of the answer on, ending becomes likelier. */
        public Builder exponentialDecayLengthPenalty(EndDecay decay) {
            exponentialDecayLengthPenalty = Optional.of(decay);
            return this;
        }

        /** Added to the score of a sequence's last token where the others precede it. */
        public Builder sequenceBias(Map<List<Integer>, Double> sequenceBias) {
            this.sequenceBias = Map.copyOf(sequenceBias);
            return this;
        }

        /** The second token of a text, after a first alone; -1 forces none. */
        public Builder forcedBosTokenId(int forcedBosTokenId) {
            this.forcedBosTokenId = forcedBosTokenId;
            return this;
        }

        /** The last token, where the limit is reached; -1 forces none. */
        public Builder forcedEosTokenId(int forcedEosTokenId) {
            this.forcedEosTokenId = forcedEosTokenId;
            return this;
        }

        /** Tokens that end the answer. */
        public Builder eosTokenIds(List<Integer> eosTokenIds) {
            this.eosTokenIds = List.copyOf(eosTokenIds);
            return this;
        }

        /** Texts that end the answer, and are no part of it. */
        public Builder stopStrings(List<String> stopStrings) {
            this.stopStrings = List.copyOf(stopStrings);
            return this;
        }

        /** Go on after a token that ends. */
        public Builder ignoreEos(boolean ignoreEos) {
            this.ignoreEos = ignoreEos;
            return this;
        }

        /** Answers to each prompt. */
        public Builder numReturnSequences(int numReturnSequences) {
            this.numReturnSequences = numReturnSequences;
            return this;
        }

        /** Texts that are followed at once, the best of which is the answer; 1 follows one. */
        public Builder numBeams(int numBeams) {
            this.numBeams = numBeams;
            return this;
        }

        /** Beams are compared by the sum of ln p divided by their length to this power. */
        public Builder lengthPenalty(double lengthPenalty) {
            this.lengthPenalty = lengthPenalty;
            return this;
        }

        /** When beams stop. */
        public Builder earlyStopping(EarlyStopping earlyStopping) {
            this.earlyStopping = earlyStopping;
            return this;
        }

        /** Contrastive search: how much likeness to the text so far counts against a token; 0 searches otherwise. */
        public Builder penaltyAlpha(double penaltyAlpha) {
            this.penaltyAlpha = penaltyAlpha;
            return this;
        }

        /** Tokens that a draft model guesses at a time. */
        public Builder numAssistantTokens(int numAssistantTokens) {
            this.numAssistantTokens = numAssistantTokens;
            return this;
        }

        /** Tokens that are guessed from where the text has said the like before, and checked at once; 0 guesses none. The text stays the same. */
        public Builder promptLookupNumTokens(int promptLookupNumTokens) {
            this.promptLookupNumTokens = promptLookupNumTokens;
            return this;
        }

        /** What the answer must be, to its last character. */
        public Builder grammar(Grammar grammar) {
            this.grammar = Optional.of(grammar);
            return this;
        }

        /** How many of the likeliest alternatives are told for each token; -1 tells nothing. */
        public Builder logprobs(int logprobs) {
            this.logprobs = logprobs;
            return this;
        }

        /** Of the draws: the same seed gives the same text. */
        public Builder seed(long seed) {
            this.seed = seed;
            return this;
        }

        /** Keep keys and values of the tokens before, which changes the speed and not the text. */
        public Builder useCache(boolean useCache) {
            this.useCache = useCache;
            return this;
        }

        /** @throws IllegalArgumentException listing every fault */
        public GenerationConfig build() {
            var faults = new ArrayList<String>();
            check(faults, maxNewTokens >= 0, "max_new_tokens " + maxNewTokens + " is below 0");
            check(faults, maxLength >= 0, "max_length " + maxLength + " is below 0");
            check(faults, minNewTokens >= 0, "min_new_tokens " + minNewTokens + " is below 0");
            check(faults, minLength >= 0, "min_length " + minLength + " is below 0");
            check(faults, exponentialDecayLengthPenalty.isEmpty() || exponentialDecayLengthPenalty.get().start() >= 0 && exponentialDecayLengthPenalty.get().factor() > 0,
                    "exponential_decay_length_penalty needs a start of at least 0 and a factor above 0");
            check(faults, maxTime >= 0, "max_time " + maxTime + " is below 0");
            check(faults, temperature >= 0 && temperature <= 100, "temperature " + temperature + " is not in [0, 100]");
            check(faults, topK >= 0, "top_k " + topK + " is below 0");
            check(faults, topP > 0 && topP <= 1, "top_p " + topP + " is not in (0, 1]");
            check(faults, minP >= 0 && minP <= 1, "min_p " + minP + " is not in [0, 1]");
            check(faults, typicalP > 0 && typicalP <= 1, "typical_p " + typicalP + " is not in (0, 1]");
            check(faults, epsilonCutoff >= 0 && epsilonCutoff < 1, "epsilon_cutoff " + epsilonCutoff + " is not in [0, 1)");
            check(faults, etaCutoff >= 0 && etaCutoff < 1, "eta_cutoff " + etaCutoff + " is not in [0, 1)");
            check(faults, repetitionPenalty > 0, "repetition_penalty " + repetitionPenalty + " is not above 0");
            check(faults, Math.abs(presencePenalty) <= 100, "presence_penalty " + presencePenalty + " is not in [-100, 100]");
            check(faults, Math.abs(frequencyPenalty) <= 100, "frequency_penalty " + frequencyPenalty + " is not in [-100, 100]");
            check(faults, noRepeatNgramSize >= 0, "no_repeat_ngram_size " + noRepeatNgramSize + " is below 0");
            check(faults, badWordsIds.stream().noneMatch(List::isEmpty), "one of bad_words_ids is empty");
            check(faults, sequenceBias.keySet().stream().noneMatch(List::isEmpty), "a sequence of sequence_bias is empty");
            check(faults, stopStrings.stream().noneMatch(String::isEmpty), "a stop string is empty");
            check(faults, numReturnSequences >= 1 && numReturnSequences <= 1024, "num_return_sequences " + numReturnSequences + " is not in 1..1024");
            check(faults, numBeams >= 1 && numBeams <= 1024, "num_beams " + numBeams + " is not in 1..1024");
            check(faults, numBeams == 1 || numReturnSequences <= numBeams, "num_return_sequences " + numReturnSequences + " is above num_beams " + numBeams);
            check(faults, penaltyAlpha >= 0 && penaltyAlpha <= 1, "penalty_alpha " + penaltyAlpha + " is not in [0, 1]");
            check(faults, penaltyAlpha == 0 || temperature > 0 || topK >= 2 && topK <= 1024 && numBeams == 1, "penalty_alpha " + penaltyAlpha + " needs a top_k in 2..1024 and num_beams 1");
            check(faults, numAssistantTokens >= 1 && numAssistantTokens <= 64, "num_assistant_tokens " + numAssistantTokens + " is not in 1..64");
            check(faults, promptLookupNumTokens >= 0 && promptLookupNumTokens <= 64, "prompt_lookup_num_tokens " + promptLookupNumTokens + " is not in 0..64");
            check(faults, logprobs <= 100, "logprobs " + logprobs + " is above 100");
            check(faults, grammar.isEmpty() || forcedBosTokenId < 0 && forcedEosTokenId < 0, "a grammar and forced tokens exclude each other");
            if (!faults.isEmpty()) throw new IllegalArgumentException("Nothing can be generated so: " + String.join("; ", faults) + ".");
            return new GenerationConfig(new Builder(this));
        }

        private static void check(List<String> faults, boolean fine, String fault) {
            if (!fine) faults.add(fault);
        }
    }
}
