package dev.parley.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What libraries write into config.json, beside the numbers of parameters that the models are published with. */
class PublishedConfigsTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    static Stream<JsonNode> published() throws IOException {
        try (var in = PublishedConfigsTest.class.getResourceAsStream("/published-configs.json")) {
            return StreamSupport.stream(JSON.readTree(in).spliterator(), false);
        }
    }

    private static ObjectNode config(String name) throws IOException {
        return (ObjectNode) published().filter(m -> m.path("name").asText().equals(name)).findFirst().orElseThrow().path("config");
    }

    @ParameterizedTest
    @MethodSource("published")
    void publishedConfigsAreReadWithTheirNumberOfParameters(JsonNode model) {
        var name = model.path("name").asText();
        assertEquals(model.path("parameters").asLong(), ConfigFile.of(name, model.path("config")).parameterCount(), name);
    }

    @Test
    void theyAreOfFortyModelsAndAllFamilies() throws IOException {
        assertTrue(published().count() >= 40);
        for (var family : Family.all()) {
            if (!family.getClass().getPackageName().equals("dev.parley.model.families")) continue; // one that a test has added
            assertTrue(published().anyMatch(m -> m.path("config").path("model_type").asText().equals(family.modelType())),
                    family.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"_attn_implementation_autoset", "_flash_attn_2_enabled", "_attn_implementation", "_experts_implementation",
        "attn_implementation",
        "use_flash_attn", "use_flash_attention_2", "flash_attn_bias_type", "output_attentions", "output_hidden_states",
        "output_router_logits",
        "use_fused_rms_norm", "use_memory_efficient_attention", "attention_softmax_in_fp32"})
    void aSettingOfTheImplementationOrOfTheOutputIsPassedOver(String setting) throws IOException {
        for (var name : new String[] {"Qwen/Qwen3-0.6B", "openai-community/gpt2", "meta-llama/Llama-3.2-1B"}) {
            var plain = ConfigFile.of(name, config(name));
            assertEquals(plain, ConfigFile.of(name, config(name).put(setting, true)));
            assertEquals(plain, ConfigFile.of(name, config(name).put(setting, "sdpa")));
        }
    }

    @ParameterizedTest
    @CsvSource({"attn_logit_softcapping, 50.0", "final_logit_softcapping, 30.0", "logit_scale, 0.0625", "embedding_multiplier, 12",
        "attention_multiplier, 0.01",
        "query_pre_attn_scalar, 256", "num_local_experts, 8", "use_qk_norm, true", "partial_rotary_factor, 0.5", "rotary_dim, 64",
        "alibi, true", "clip_qkv, 8.0",
        "attention_chunk_size, 8192"})
    void aSettingThatChangesWhatIsComputedIsRefusedByItsName(String setting, String value) throws IOException {
        var config = config("Qwen/Qwen3-0.6B");
        config.set(setting, JSON.readTree(value));
        var refused = assertThrows(ModelException.class, () -> ConfigFile.of("config.json", config));
        assertTrue(refused.getMessage().contains(setting + " is " + value), refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"quantization_config", "compression_config", "quantization"})
    void weightsInAnotherFormAreRefusedByTheirSetting(String setting) throws IOException {
        var config = config("meta-llama/Llama-3.1-8B-Instruct");
        config.putObject(setting).put("bits", 4);
        assertTrue(assertThrows(ModelException.class, () -> ConfigFile.of("config.json", config)).getMessage().contains(setting));
    }

    @ParameterizedTest
    @CsvSource(value = {"swiglu_limit; 8.0", "swiglu_alpha; 1.5", "experts_per_token; 8",
        "quantization_config; {\"quant_method\": \"awq\", \"bits\": 4}"}, delimiter = ';')
    void whatGptOssDoesNotHaveIsRefusedByItsName(String setting, String value) throws IOException {
        var config = config("openai/gpt-oss-20b");
        config.set(setting, JSON.readTree(value));
        var refused = assertThrows(ModelException.class, () -> ConfigFile.of("config.json", config)).getMessage();
        assertTrue(refused.contains(setting), refused);
    }

    @Test
    void gptOssWithoutRopeSettingsIsStretchedAsTransformersHasIt() throws IOException {
        var config = config("openai/gpt-oss-20b");
        var published = ConfigFile.of("config.json", config);
        config.remove(List.of("rope_scaling", "rope_theta"));
        assertEquals(published.rope(), ConfigFile.of("config.json", config).rope());
    }
}
