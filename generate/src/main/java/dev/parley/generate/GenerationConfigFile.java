package dev.parley.generate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.tokenizer.DurableFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** {@code generation_config.json}, in and out. What changes a text and is not honoured here is refused by name. */
final class GenerationConfigFile {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String NAME = "generation_config.json";

    /** Settings that are not honoured, and the value at which each changes nothing. */
    private static final Map<String, Double> REFUSED = Map.of("encoder_repetition_penalty", 1.0, "num_beam_groups", 1.0,
            "diversity_penalty", 0.0, "guidance_scale", 1.0, "encoder_no_repeat_ngram_size", 0.0, "top_h", 0.0);

    private GenerationConfigFile() {}

    static GenerationConfig read(Path folder) throws IOException {
        var file = folder.resolve(NAME);
        if (!Files.exists(file)) return GenerationConfig.DEFAULT;
        if (Files.size(file) > 1 << 20) throw new IllegalArgumentException(file + " is larger than it can be (1 MiB).");
        var json = json(file, Files.readAllBytes(file));
        if (!json.isObject()) throw new IllegalArgumentException(file + " does not hold a JSON object.");
        return of(file, json);
    }

    private static JsonNode json(Path file, byte[] bytes) {
        try {
            return JSON.readTree(bytes);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + " is not JSON: " + e.getOriginalMessage() + ".");
        } catch (IOException e) { // bytes that are no characters
            throw new IllegalArgumentException(file + " is not JSON: " + e.getMessage() + ".");
        }
    }

    private static GenerationConfig of(Path file, JsonNode json) {
        REFUSED.forEach((setting, harmless) -> {
            var value = json.path(setting);
            if (value.isNumber() && value.asDouble() != harmless) {
                throw new IllegalArgumentException(file + ": " + setting + " " + value + " is not supported by this version.");
            }
        });
        var drawn = json.path("do_sample").asBoolean(false);
        var contrastive = !drawn && json.path("penalty_alpha").asDouble(0) > 0 && json.path("top_k").asInt(50) > 1;
        try {
            var b = GenerationConfig.builder().maxNewTokens(json.path("max_new_tokens").asInt(0)).minNewTokens(json.path("min_new_tokens").asInt(0))
                    .maxTime(json.path("max_time").asDouble(0)).temperature(drawn ? json.path("temperature").asDouble(1) : 0)
                    .topK(json.path("top_k").asInt(drawn || contrastive ? 50 : 0)).topP(json.path("top_p").asDouble(1)).minP(json.path("min_p").asDouble(0))
                    .typicalP(json.path("typical_p").asDouble(1)).epsilonCutoff(json.path("epsilon_cutoff").asDouble(0))
                    .etaCutoff(json.path("eta_cutoff").asDouble(0)).repetitionPenalty(json.path("repetition_penalty").asDouble(1))
                    .noRepeatNgramSize(json.path("no_repeat_ngram_size").asInt(0)).suppressTokens(ids(json.path("suppress_tokens")))
                    .forcedBosTokenId(json.path("forced_bos_token_id").asInt(-1)).forcedEosTokenId(json.path("forced_eos_token_id").asInt(-1))
                    .eosTokenIds(ids(json.path("eos_token_id"))).numReturnSequences(json.path("num_return_sequences").asInt(1))
                    .numBeams(json.path("num_beams").asInt(1)).lengthPenalty(json.path("length_penalty").asDouble(1))
                    .penaltyAlpha(contrastive ? json.path("penalty_alpha").asDouble() : 0)
                    .promptLookupNumTokens(json.path("prompt_lookup_num_tokens").asInt(0)).useCache(json.path("use_cache").asBoolean(true));
            var early = json.path("early_stopping");
            if (early.isBoolean() && early.asBoolean()) b.earlyStopping(GenerationConfig.EarlyStopping.TRUE);
            if (early.asText().equals("never")) b.earlyStopping(GenerationConfig.EarlyStopping.NEVER);
            var words = new ArrayList<List<Integer>>();
            for (var word : json.path("bad_words_ids")) words.add(ids(word));
            var stops = new ArrayList<String>();
            if (json.path("stop_strings").isTextual()) stops.add(json.path("stop_strings").asText());
            for (var stop : json.path("stop_strings")) stops.add(stop.asText());
            return b.badWordsIds(words).sequenceBias(biases(json.path("sequence_bias"))).stopStrings(stops).build();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage());
        }
    }

    /** A list [[[ids], bias], …], as transformers writes what it has as a dictionary. */
    private static Map<List<Integer>, Double> biases(JsonNode json) {
        var biases = new HashMap<List<Integer>, Double>();
        for (var pair : json) biases.put(ids(pair.path(0)), pair.path(1).asDouble());
        return biases;
    }

    private static List<Integer> ids(JsonNode json) {
        var ids = new ArrayList<Integer>();
        if (json.isInt()) ids.add(json.intValue());
        for (var id : json) ids.add(id.intValue());
        return ids;
    }

    static void write(GenerationConfig c, Path folder) throws IOException {
        var json = JSON.createObjectNode().put("do_sample", c.temperature() > 0);
        if (c.temperature() > 0) json.put("temperature", c.temperature()).put("top_k", c.topK()).put("top_p", c.topP());
        if (c.penaltyAlpha() > 0 && c.temperature() == 0) json.put("penalty_alpha", c.penaltyAlpha()).put("top_k", c.topK());
        if (c.minP() > 0) json.put("min_p", c.minP());
        if (c.typicalP() < 1) json.put("typical_p", c.typicalP());
        if (c.maxNewTokens() > 0) json.put("max_new_tokens", c.maxNewTokens());
        if (c.minNewTokens() > 0) json.put("min_new_tokens", c.minNewTokens());
        if (c.repetitionPenalty() != 1) json.put("repetition_penalty", c.repetitionPenalty());
        if (c.noRepeatNgramSize() > 0) json.put("no_repeat_ngram_size", c.noRepeatNgramSize());
        if (c.numBeams() > 1) json.put("num_beams", c.numBeams()).put("length_penalty", c.lengthPenalty());
        c.eosTokenIds().forEach(json.putArray("eos_token_id")::add);
        DurableFile.write(folder.resolve(NAME), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
    }
}
