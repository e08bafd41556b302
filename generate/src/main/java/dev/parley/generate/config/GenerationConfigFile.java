package dev.parley.generate.config;

import static dev.parley.generate.config.GenerationSettings.NUM_ASSISTANT_TOKENS;
import static dev.parley.generate.config.GenerationSettings.PENALTY_ALPHA;
import static dev.parley.generate.config.GenerationSettings.TEMPERATURE;
import static dev.parley.generate.config.GenerationSettings.TOP_K;
import static dev.parley.generate.config.GenerationSettings.TOP_P;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.files.DurableFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code generation_config.json}, in and out. What changes a text and is not honoured here is refused by name. */
final class GenerationConfigFile {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String NAME = "generation_config.json";

    /**
     * What transformers would change a text by and is not honoured here, with the number at which it changes nothing. Names that
     * transformers does not know change nothing there either.
     */
    private static final Map<String, Double> REFUSED = Map.ofEntries(Map.entry("encoder_repetition_penalty", 1.0),
            Map.entry("num_beam_groups", 1.0),
            Map.entry("diversity_penalty", 0.0), Map.entry("guidance_scale", 1.0), Map.entry("encoder_no_repeat_ngram_size", 0.0),
            Map.entry("top_h", 0.0),
            Map.entry("force_words_ids", 0.0), Map.entry("constraints", 0.0), Map.entry("forced_decoder_ids", 0.0),
            Map.entry("watermarking_config", 0.0),
            Map.entry("token_healing", 0.0), Map.entry("dola_layers", 0.0));

    /** Written with the way to choose that they belong to. */
    private static final Set<Setting<?>> OF_A_WAY_TO_CHOOSE = Set.of(TEMPERATURE, TOP_K, TOP_P, PENALTY_ALPHA);
    private static final int TRANSFORMERS_TOP_K = 50;

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
        if (json.path("renormalize_logits").asBoolean(false) && json.path("num_beams").asInt(1) > 1)
            throw refused(file, "renormalize_logits", json.path("renormalize_logits"));
        var drawn = json.path("do_sample").asBoolean(false);
        var contrastive = !drawn && PENALTY_ALPHA.read(json, 0.0) > 0 && TOP_K.read(json, TRANSFORMERS_TOP_K) > 1;
        try {
            var b = GenerationConfig.builder();
            for (var setting : GenerationSettings.all()) {
                if (setting.ofModel()) read(setting, json, b);
            }
            b.temperature(drawn ? TEMPERATURE.read(json, 1.0) : 0).topK(TOP_K.read(json, drawn || contrastive ? TRANSFORMERS_TOP_K : 0));
            return b.penaltyAlpha(contrastive ? PENALTY_ALPHA.read(json, 0.0) : 0).numAssistantTokens(assistantTokens(json)).build();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage());
        }
    }

    private static <T> void read(Setting<T> setting, JsonNode json, GenerationConfigBuilder b) {
        b.set(setting, setting.read(json, setting.byDefault()));
    }

    /** It changes the speed alone, so that a number out of range is not refused. */
    private static int assistantTokens(JsonNode json) {
        return (int) NUM_ASSISTANT_TOKENS.range().nearest(NUM_ASSISTANT_TOKENS.read(json, NUM_ASSISTANT_TOKENS.byDefault()));
    }

    private static boolean saysNothing(JsonNode value) {
        return value.isMissingNode() || value.isNull() || value.isBoolean() && !value.booleanValue()
                || value.isContainerNode() && value.isEmpty();
    }

    private static IllegalArgumentException refused(Path file, String setting, JsonNode value) {
        var text = value.toString();
        return new IllegalArgumentException(file + ": " + setting + " " + (text.length() > 80 ? text.substring(0, 80) + "…" : text)
                + " is not supported by this version.");
    }

    /** Writes what is not as it is by default. */
    static void write(GenerationConfig config, Path folder) throws IOException {
        DurableFile.write(folder.resolve(NAME), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json(config)) + "\n");
    }

    private static ObjectNode json(GenerationConfig c) {
        var drawn = c.temperature() > 0;
        var json = JSON.createObjectNode().put("do_sample", drawn);
        // Where transformers has another default than we, the value is always written; where it would say nothing, never.
        for (var setting : drawn ? List.of(TEMPERATURE, TOP_K, TOP_P)
                : c.penaltyAlpha() > 0 ? List.of(PENALTY_ALPHA, TOP_K) : List.<Setting<?>>of())
            put(setting, c, json);
        for (var setting : GenerationSettings.all()) {
            if (setting.ofModel() && !OF_A_WAY_TO_CHOOSE.contains(setting) && !c.get(setting).equals(setting.byDefault()))
                put(setting, c, json);
        }
        return json;
    }

    private static <T> void put(Setting<T> setting, GenerationConfig config, ObjectNode json) {
        json.set(setting.name(), setting.type().writer().apply(config.get(setting)));
    }
}
