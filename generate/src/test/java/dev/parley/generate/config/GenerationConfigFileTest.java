package dev.parley.generate.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.generate.config.GenerationConfig.EarlyStopping;
import dev.parley.generate.config.GenerationConfig.EndDecay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code generation_config.json} with the names and the meanings that transformers gives it. */
class GenerationConfigFileTest {

    private static final String ALL = """
            {"do_sample": true, "temperature": 0.7, "top_k": 20, "top_p": 0.8, "min_p": 0.05, "typical_p": 0.9, "epsilon_cutoff": 3.0E-4, "eta_cutoff": 6.0E-4,
             "max_time": 2.5, "repetition_penalty": 1.1, "presence_penalty": 0.5, "frequency_penalty": 0.25, "length_penalty": 1.5, "max_new_tokens": 100,
             "max_length": 500, "min_new_tokens": 2, "min_length": 9, "no_repeat_ngram_size": 3, "num_return_sequences": 2, "num_beams": 4,
             "prompt_lookup_num_tokens": 3, "num_assistant_tokens": 6, "assistant_confidence_threshold": 0.5,
             "forced_bos_token_id": 1, "forced_eos_token_id": 2, "eos_token_id": [2, 7],
             "suppress_tokens": [3, 4], "begin_suppress_tokens": [5], "bad_words_ids": [[5], [6, 7]], "stop_strings": ["END"],
             "sequence_bias": [[[8, 9], -2.5]], "exponential_decay_length_penalty": [15, 1.05], "early_stopping": "never", "use_cache": false}
            """;

    @TempDir
    Path folder;

    private GenerationConfig read(String json) throws IOException {
        Files.writeString(folder.resolve("generation_config.json"), json);
        return GenerationConfig.read(folder);
    }

    private ObjectNode written(GenerationConfig config) throws IOException {
        config.write(folder);
        return (ObjectNode) new ObjectMapper().readTree(folder.resolve("generation_config.json").toFile());
    }

    @Test
    void everySettingIsRead() throws IOException {
        var c = read(ALL);
        assertEquals(List.of(0.7, 0.8, 0.05, 0.9, 3e-4, 6e-4, 2.5, 1.1, 0.5, 0.25, 1.5, 0.5),
                List.of(c.temperature(), c.topP(), c.minP(), c.typicalP(), c.epsilonCutoff(),
                        c.etaCutoff(), c.maxTime(), c.repetitionPenalty(), c.presencePenalty(), c.frequencyPenalty(), c.lengthPenalty(),
                        c.assistantConfidenceThreshold()));
        assertEquals(List.of(20, 100, 500, 2, 9, 3, 2, 4, 3, 6, 1, 2),
                List.of(c.topK(), c.maxNewTokens(), c.maxLength(), c.minNewTokens(), c.minLength(),
                        c.noRepeatNgramSize(), c.numReturnSequences(), c.numBeams(), c.promptLookupNumTokens(), c.numAssistantTokens(),
                        c.forcedBosTokenId(), c.forcedEosTokenId()));
        assertEquals(List.of(List.of(2, 7), List.of(3, 4), List.of(5), List.of(List.of(5), List.of(6, 7)), List.of("END")),
                List.of(c.eosTokenIds(), c.suppressTokens(), c.beginSuppressTokens(), c.badWordsIds(), c.stopStrings()));
        assertEquals(Map.of(List.of(8, 9), -2.5), c.sequenceBias());
        assertEquals(new EndDecay(15, 1.05), c.exponentialDecayLengthPenalty().orElseThrow());
        assertEquals(EarlyStopping.NEVER, c.earlyStopping());
        assertFalse(c.useCache());
    }

    @Test
    void everySettingIsWrittenAsItWasRead() throws IOException {
        assertEquals(new ObjectMapper().readTree(ALL), written(read(ALL)));
    }

    @Test
    void nothingThatIsAsByDefaultIsWrittenAndNoEmptyList() throws IOException {
        assertEquals("{\"do_sample\":false}", written(GenerationConfig.DEFAULT).toString());
        assertEquals("{\"do_sample\":false,\"eos_token_id\":7}",
                written(GenerationConfig.DEFAULT.withStops(List.of(7), List.of())).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"force_words_ids\": [[3]]", "\"constraints\": [{}]", "\"watermarking_config\": {\"bias\": 2.5}",
        "\"token_healing\": true",
        "\"dola_layers\": \"high\"", "\"guidance_scale\": 1.5", "\"encoder_repetition_penalty\": 1.2", "\"num_beam_groups\": 2",
        "\"diversity_penalty\": 0.5",
        "\"forced_decoder_ids\": [[1, 50259]]", "\"renormalize_logits\": true, \"num_beams\": 2"})
    void whatWouldChangeATextAndIsNotHonouredIsRefusedByName(String setting) {
        var refused = assertThrows(IllegalArgumentException.class, () -> read("{" + setting + "}"));
        assertTrue(refused.getMessage().contains(setting.substring(1, setting.indexOf('"', 1))), refused.getMessage());
    }

    /** Published files: of Llama 2, Qwen's first chat model, Whisper-like leftovers at their defaults. */
    @ParameterizedTest
    @ValueSource(strings = {
        "{\"_from_model_config\": true, \"bos_token_id\": 1, \"eos_token_id\": 2, \"pad_token_id\": 0, \"do_sample\": true, "
                + "\"temperature\": 0.6, \"max_length\": 4096, \"top_p\": 0.9, \"transformers_version\": \"4.31.0\"}",
        "{\"chat_format\": \"chatml\", \"max_window_size\": 6144, \"user_token_id\": 195, \"pad_token_id\": 151643, \"max_new_tokens\": "
                + "512, \"do_sample\": true, \"top_k\": 0, \"top_p\": 0.8}",
        "{\"guidance_scale\": null, \"constraints\": null, \"force_words_ids\": null, \"diversity_penalty\": 0.0, \"num_beam_groups\": 1, "
                + "\"output_scores\": true, \"renormalize_logits\": true, \"eos_token_id\": null, \"cache_implementation\": \"hybrid\"}"})
    void whatChangesNothingIsPassedOver(String file) throws IOException {
        assertEquals(file.contains("4096") ? 4096 : 0, read(file).maxLength());
    }
}
