package dev.parley.generate.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.parley.files.Mutations;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mutated generation configs: settings, or an IllegalArgumentException with a sentence; never anything else. */
class FuzzedGenerationConfigTest {

    private static final int FILES = 5000;
    private static final String GOOD = """
            {"bos_token_id": 1, "do_sample": true, "temperature": 0.7, "top_k": 20, "top_p": 0.8, "min_p": 0.05, "typical_p": 0.9,
             "epsilon_cutoff": 0.0003, "eta_cutoff": 0.0003, "repetition_penalty": 1.1, "no_repeat_ngram_size": 3, "max_new_tokens": 100,
             "min_new_tokens": 2, "max_time": 5.5, "eos_token_id": [2, 7], "pad_token_id": 0, "suppress_tokens": [3, 4], "num_beams": 2,
             "num_return_sequences": 2, "length_penalty": 1.2, "early_stopping": "never", "bad_words_ids": [[5], [6, 7]], "forced_bos_token_id": 1,
             "sequence_bias": [[[8, 9], -2.5]], "stop_strings": ["\\n\\n", "END"], "prompt_lookup_num_tokens": 0, "use_cache": true,
             "penalty_alpha": 0.0, "transformers_version": "4.46.0"}
            """;

    @TempDir
    Path folder;

    @Test
    void generationConfig() throws Exception {
        Files.writeString(folder.resolve("generation_config.json"), GOOD);
        assertEquals(2, GenerationConfigFile.read(folder).numBeams());
        var mutations = new Mutations(1);
        for (int n = 0; n < FILES; n++) {
            var bytes = mutations.json(GOOD);
            Files.write(folder.resolve("generation_config.json"), bytes);
            Mutations.readOrRefused(() -> GenerationConfigFile.read(folder), IllegalArgumentException.class, bytes.length);
        }
    }
}
