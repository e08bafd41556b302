package dev.parley.generate.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.files.DurableFile;
import dev.parley.generate.config.GenerationConfig.EndDecay;
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

    /**
     * What transformers would change a text by and is not honoured here, with the number at which it changes nothing. Names that
     * transformers does not know change nothing there either.
     */
    private static final Map<String, Double> REFUSED = Map.ofEntries(Map.entry("encoder_repetition_penalty", 1.0), Map.entry("num_beam_groups", 1.0),
            Map.entry("diversity_penalty", 0.0), Map.entry("guidance_scale", 1.0), Map.entry("encoder_no_repeat_ngram_size", 0.0), Map.entry("top_h", 0.0),
            Map.entry("force_words_ids", 0.0), Map.entry("constraints", 0.0), Map.entry("forced_decoder_ids", 0.0), Map.entry("watermarking_config", 0.0),
            Map.entry("token_healing", 0.0), Map.entry("dola_layers", 0.0));

    private GenerationConfigFile() {}

    static GenerationConfig read(Path folder) throws IOException {
        var file = folder.resolve(NAME);
        if (!Files.exists(file)) return GenerationConfig.DEFAULT;
        if (Files.size(file) > 1 << 20) throw new IllegalArgumentException(file + " is larger than 1 MiB, the limit.");
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
            if (!saysNothing(value) && !(value.isNumber() && value.asDouble() == harmless)) throw refused(file, setting, value);
        });
        // Beams are compared by their scores, which it would change; draws are the same.
        if (json.path("renormalize_logits").asBoolean(false) && json.path("num_beams").asInt(1) > 1) throw refused(file, "renormalize_logits", json.path("renormalize_logits"));
        var drawn = json.path("do_sample").asBoolean(false);
        var contrastive = !drawn && json.path("penalty_alpha").asDouble(0) > 0 && json.path("top_k").asInt(50) > 1;
        try {
            var b = GenerationConfig.builder().maxNewTokens(json.path("max_new_tokens").asInt(0)).maxLength(json.path("max_length").asInt(0))
                    .minNewTokens(json.path("min_new_tokens").asInt(0)).minLength(json.path("min_length").asInt(0))
                    .maxTime(json.path("max_time").asDouble(0)).temperature(drawn ? json.path("temperature").asDouble(1) : 0)
                    .topK(json.path("top_k").asInt(drawn || contrastive ? 50 : 0)).topP(json.path("top_p").asDouble(1)).minP(json.path("min_p").asDouble(0))
                    .typicalP(json.path("typical_p").asDouble(1)).epsilonCutoff(json.path("epsilon_cutoff").asDouble(0))
                    .etaCutoff(json.path("eta_cutoff").asDouble(0)).repetitionPenalty(json.path("repetition_penalty").asDouble(1))
                    .noRepeatNgramSize(json.path("no_repeat_ngram_size").asInt(0)).suppressTokens(ids(json.path("suppress_tokens")))
                    .beginSuppressTokens(ids(json.path("begin_suppress_tokens")))
                    .presencePenalty(json.path("presence_penalty").asDouble(0)).frequencyPenalty(json.path("frequency_penalty").asDouble(0))
                    .forcedBosTokenId(json.path("forced_bos_token_id").asInt(-1)).forcedEosTokenId(json.path("forced_eos_token_id").asInt(-1))
                    .eosTokenIds(ids(json.path("eos_token_id"))).numReturnSequences(json.path("num_return_sequences").asInt(1))
                    .numBeams(json.path("num_beams").asInt(1)).lengthPenalty(json.path("length_penalty").asDouble(1))
                    .penaltyAlpha(contrastive ? json.path("penalty_alpha").asDouble() : 0)
                    .promptLookupNumTokens(json.path("prompt_lookup_num_tokens").asInt(0)).useCache(json.path("use_cache").asBoolean(true));
            var early = json.path("early_stopping");
            if (early.isBoolean() && early.asBoolean()) b.earlyStopping(GenerationConfig.EarlyStopping.TRUE);
            if (early.asText().equals("never")) b.earlyStopping(GenerationConfig.EarlyStopping.NEVER);
            if (json.path("num_assistant_tokens").isInt()) b.numAssistantTokens(Math.clamp(json.path("num_assistant_tokens").asInt(), 1, 64));
            var decay = json.path("exponential_decay_length_penalty");
            if (decay.size() == 2) b.exponentialDecayLengthPenalty(new EndDecay(decay.path(0).asInt(), decay.path(1).asDouble()));
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

    private static boolean saysNothing(JsonNode value) {
        return value.isMissingNode() || value.isNull() || value.isBoolean() && !value.booleanValue() || value.isContainerNode() && value.isEmpty();
    }

    private static IllegalArgumentException refused(Path file, String setting, JsonNode value) {
        var text = value.toString();
        return new IllegalArgumentException(file + ": " + setting + " " + (text.length() > 80 ? text.substring(0, 80) + "…" : text) + " is not supported by this version.");
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

    /** Writes what is not as it is by default. Seed, form and what is told of tokens belong to a request and not to a model. */
    static void write(GenerationConfig c, Path folder) throws IOException {
        DurableFile.write(folder.resolve(NAME), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json(c)) + "\n");
    }

    private static ObjectNode json(GenerationConfig c) {
        var json = JSON.createObjectNode().put("do_sample", c.temperature() > 0);
        if (c.temperature() > 0) json.put("temperature", c.temperature()).put("top_k", c.topK()).put("top_p", c.topP());
        if (c.penaltyAlpha() > 0 && c.temperature() == 0) json.put("penalty_alpha", c.penaltyAlpha()).put("top_k", c.topK());
        number(json, "min_p", c.minP(), 0);
        number(json, "typical_p", c.typicalP(), 1);
        number(json, "epsilon_cutoff", c.epsilonCutoff(), 0);
        number(json, "eta_cutoff", c.etaCutoff(), 0);
        number(json, "max_time", c.maxTime(), 0);
        number(json, "repetition_penalty", c.repetitionPenalty(), 1);
        number(json, "presence_penalty", c.presencePenalty(), 0);
        number(json, "frequency_penalty", c.frequencyPenalty(), 0);
        number(json, "length_penalty", c.lengthPenalty(), 1);
        whole(json, "max_new_tokens", c.maxNewTokens(), 0);
        whole(json, "max_length", c.maxLength(), 0);
        whole(json, "min_new_tokens", c.minNewTokens(), 0);
        whole(json, "min_length", c.minLength(), 0);
        whole(json, "no_repeat_ngram_size", c.noRepeatNgramSize(), 0);
        whole(json, "num_return_sequences", c.numReturnSequences(), 1);
        whole(json, "num_beams", c.numBeams(), 1);
        whole(json, "prompt_lookup_num_tokens", c.promptLookupNumTokens(), 0);
        whole(json, "num_assistant_tokens", c.numAssistantTokens(), GenerationConfig.DEFAULT.numAssistantTokens());
        whole(json, "forced_bos_token_id", c.forcedBosTokenId(), -1);
        whole(json, "forced_eos_token_id", c.forcedEosTokenId(), -1);
        if (c.eosTokenIds().size() == 1) json.put("eos_token_id", c.eosTokenIds().getFirst());
        else if (!c.eosTokenIds().isEmpty()) json.set("eos_token_id", JSON.valueToTree(c.eosTokenIds()));
        list(json, "suppress_tokens", c.suppressTokens());
        list(json, "begin_suppress_tokens", c.beginSuppressTokens());
        list(json, "bad_words_ids", c.badWordsIds());
        list(json, "stop_strings", c.stopStrings());
        c.sequenceBias().forEach((ids, bias) -> {
            var pair = json.withArray("sequence_bias").addArray();
            pair.add(JSON.<JsonNode>valueToTree(ids)).add(bias);
        });
        c.exponentialDecayLengthPenalty().ifPresent(d -> json.putArray("exponential_decay_length_penalty").add(d.start()).add(d.factor()));
        if (c.earlyStopping() == GenerationConfig.EarlyStopping.TRUE) json.put("early_stopping", true);
        if (c.earlyStopping() == GenerationConfig.EarlyStopping.NEVER) json.put("early_stopping", "never");
        if (!c.useCache()) json.put("use_cache", false);
        return json;
    }

    private static void number(ObjectNode json, String name, double value, double byDefault) {
        if (value != byDefault) json.put(name, value);
    }

    private static void whole(ObjectNode json, String name, int value, int byDefault) {
        if (value != byDefault) json.put(name, value);
    }

    private static void list(ObjectNode json, String name, List<?> values) {
        if (!values.isEmpty()) json.set(name, JSON.valueToTree(values));
    }
}
