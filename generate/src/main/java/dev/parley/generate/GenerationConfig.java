package dev.parley.generate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.tokenizer.DurableFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How to continue a text, under the names of transformers' {@code GenerationConfig}.
 *
 * @param maxNewTokens tokens to make at most; 0 takes maxLength, or fills the context
 * @param maxLength tokens of prompt and answer together at most, where maxNewTokens is 0; 0 is no limit
 * @param minNewTokens tokens before the answer may end
 * @param temperature divides the scores; 0 always takes the likeliest token
 * @param topK draws from so many of the likeliest; 0 from all
 * @param topP draws from the likeliest whose probabilities come to this together; 1 from all
 * @param minP draws from those at least this part as likely as the likeliest; 0 from all
 * @param repetitionPenalty makes tokens that are there already less likely; 1 leaves them
 * @param seed of the draws: the same seed gives the same text
 * @param eosTokenIds tokens that end the answer
 * @param stopStrings texts that end the answer, and are no part of it
 * @param ignoreEos go on after such a token
 * @param useCache keep keys and values of the tokens before, which changes the speed and not the text
 */
public record GenerationConfig(int maxNewTokens, int maxLength, int minNewTokens, double temperature, int topK, double topP,
        double minP, double repetitionPenalty, long seed, List<Integer> eosTokenIds, List<String> stopStrings, boolean ignoreEos,
        boolean useCache) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Greedy, to the end of the context, ended by no token. */
    public static final GenerationConfig DEFAULT =
            new GenerationConfig(0, 0, 0, 0, 0, 1, 0, 1, 0, List.of(), List.of(), false, true);

    /** @throws IllegalArgumentException listing every fault */
    public GenerationConfig {
        var faults = new ArrayList<String>();
        if (maxNewTokens < 0) faults.add("max_new_tokens " + maxNewTokens + " is below 0");
        if (maxLength < 0) faults.add("max_length " + maxLength + " is below 0");
        if (minNewTokens < 0) faults.add("min_new_tokens " + minNewTokens + " is below 0");
        if (!(temperature >= 0 && temperature <= 100)) faults.add("temperature " + temperature + " is not in [0, 100]");
        if (topK < 0) faults.add("top_k " + topK + " is below 0");
        if (!(topP > 0 && topP <= 1)) faults.add("top_p " + topP + " is not in (0, 1]");
        if (!(minP >= 0 && minP <= 1)) faults.add("min_p " + minP + " is not in [0, 1]");
        if (!(repetitionPenalty > 0)) faults.add("repetition_penalty " + repetitionPenalty + " is not above 0");
        if (stopStrings.stream().anyMatch(String::isEmpty)) faults.add("a stop string is empty");
        if (!faults.isEmpty()) throw new IllegalArgumentException("Nothing can be generated so: " + String.join("; ", faults) + ".");
        eosTokenIds = List.copyOf(eosTokenIds);
        stopStrings = List.copyOf(stopStrings);
    }

    public GenerationConfig withMaxNewTokens(int tokens) {
        return new GenerationConfig(tokens, maxLength, minNewTokens, temperature, topK, topP, minP, repetitionPenalty, seed, eosTokenIds, stopStrings, ignoreEos, useCache);
    }

    public GenerationConfig withMaxLength(int tokens) {
        return new GenerationConfig(maxNewTokens, tokens, minNewTokens, temperature, topK, topP, minP, repetitionPenalty, seed, eosTokenIds, stopStrings, ignoreEos, useCache);
    }

    public GenerationConfig withMinNewTokens(int tokens) {
        return new GenerationConfig(maxNewTokens, maxLength, tokens, temperature, topK, topP, minP, repetitionPenalty, seed, eosTokenIds, stopStrings, ignoreEos, useCache);
    }

    /** Draws with these three limits. */
    public GenerationConfig withSampling(double temperature, int topK, double topP, double minP) {
        return new GenerationConfig(maxNewTokens, maxLength, minNewTokens, temperature, topK, topP, minP, repetitionPenalty, seed, eosTokenIds, stopStrings, ignoreEos, useCache);
    }

    public GenerationConfig withRepetitionPenalty(double penalty) {
        return new GenerationConfig(maxNewTokens, maxLength, minNewTokens, temperature, topK, topP, minP, penalty, seed, eosTokenIds, stopStrings, ignoreEos, useCache);
    }

    public GenerationConfig withSeed(long seed) {
        return new GenerationConfig(maxNewTokens, maxLength, minNewTokens, temperature, topK, topP, minP, repetitionPenalty, seed, eosTokenIds, stopStrings, ignoreEos, useCache);
    }

    /** Ends at these tokens and texts. */
    public GenerationConfig withStops(List<Integer> eosTokenIds, List<String> stopStrings) {
        return new GenerationConfig(maxNewTokens, maxLength, minNewTokens, temperature, topK, topP, minP, repetitionPenalty, seed, eosTokenIds, stopStrings, ignoreEos, useCache);
    }

    public GenerationConfig withIgnoreEos(boolean ignore) {
        return new GenerationConfig(maxNewTokens, maxLength, minNewTokens, temperature, topK, topP, minP, repetitionPenalty, seed, eosTokenIds, stopStrings, ignore, useCache);
    }

    public GenerationConfig withUseCache(boolean use) {
        return new GenerationConfig(maxNewTokens, maxLength, minNewTokens, temperature, topK, topP, minP, repetitionPenalty, seed, eosTokenIds, stopStrings, ignoreEos, use);
    }

    /**
     * The settings that a model folder recommends in {@code generation_config.json}; the defaults where it has none.
     *
     * @throws IllegalArgumentException naming a setting that changes the text and is not honoured here
     */
    public static GenerationConfig read(Path folder) throws IOException {
        var file = folder.resolve("generation_config.json");
        if (!Files.exists(file)) return DEFAULT;
        if (Files.size(file) > 1 << 20) throw new IllegalArgumentException(file + " is larger than it can be (1 MiB).");
        JsonNode json;
        try {
            json = JSON.readTree(Files.readAllBytes(file));
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IllegalArgumentException(file + " is not JSON: " + e.getOriginalMessage() + ".");
        }
        for (var setting : List.of("num_beams", "typical_p", "encoder_repetition_penalty", "no_repeat_ngram_size", "penalty_alpha")) {
            var value = json.path(setting);
            var harmless = setting.equals("no_repeat_ngram_size") || setting.equals("penalty_alpha") ? 0 : 1;
            if (value.isNumber() && value.asDouble() != harmless) {
                throw new IllegalArgumentException(file + ": " + setting + " " + value + " is not supported by this version.");
            }
        }
        var eos = new ArrayList<Integer>();
        var ids = json.path("eos_token_id");
        if (ids.isInt()) eos.add(ids.intValue());
        for (var id : ids) eos.add(id.intValue());
        var sampled = json.path("do_sample").asBoolean(false);
        return new GenerationConfig(json.path("max_new_tokens").asInt(0), 0, json.path("min_new_tokens").asInt(0),
                sampled ? json.path("temperature").asDouble(1) : 0, json.path("top_k").asInt(0), json.path("top_p").asDouble(1),
                json.path("min_p").asDouble(0), json.path("repetition_penalty").asDouble(1), 0, eos, List.of(), false, true);
    }

    /** Writes {@code generation_config.json}. */
    public void write(Path folder) throws IOException {
        var json = JSON.createObjectNode().put("do_sample", temperature > 0);
        if (temperature > 0) json.put("temperature", temperature).put("top_k", topK).put("top_p", topP);
        if (minP > 0) json.put("min_p", minP);
        if (maxNewTokens > 0) json.put("max_new_tokens", maxNewTokens);
        if (repetitionPenalty != 1) json.put("repetition_penalty", repetitionPenalty);
        var ids = json.putArray("eos_token_id");
        eosTokenIds.forEach(ids::add);
        DurableFile.write(folder.resolve("generation_config.json"), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
    }
}
