package dev.parley.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.files.Golden;
import dev.parley.files.Mutations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Mutated configs: a model's shape, or a {@link ModelException}; never anything else. */
@Execution(ExecutionMode.CONCURRENT)
class FuzzedConfigTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int FILES = 5000;

    @TempDir
    Path folder;

    private void fuzz(String name, String good, long seed, int files) throws IOException {
        var file = folder.resolve(name);
        Files.writeString(file, good);
        ConfigFile.ofFolder(folder).blueprint(); // as it is, it is read
        var mutations = new Mutations(seed);
        for (int n = 0; n < files; n++) {
            var bytes = mutations.json(good);
            Files.write(file, bytes);
            Mutations.readOrRefused(() -> ConfigFile.ofFolder(folder), ModelException.class, bytes.length);
        }
        Files.delete(file);
    }

    @Test
    void configsOfEachForm() throws Exception {
        for (var name : List.of("llama-yarn-tiny", "llama3-tiny", "mistral-tiny", "qwen2-tiny")) {
            fuzz("config.json", Files.readString(Golden.folder(name).resolve("config.json")), name.hashCode(), FILES / 10);
        }
    }

    @Test
    void hparams() throws Exception {
        fuzz("hparams.json", "{\"n_vocab\": 50257, \"n_ctx\": 1024, \"n_embd\": 768, \"n_head\": 12, \"n_layer\": 12}", 1, FILES);
    }

    /** Of each family what a model is published with. */
    static Stream<Arguments> families() throws IOException {
        Map<String, JsonNode> configs = new HashMap<>();
        PublishedConfigsTest.published().map(model -> model.path("config"))
                .forEach(config -> configs.merge(config.path("model_type").asText(), config, (a, b) -> a.size() > b.size() ? a : b));
        return configs.entrySet().stream().map(entry -> Arguments.of(entry.getKey(), entry.getValue().toString()));
    }

    /** A network on paper, too, that is no larger than networks are: a few numbers of a config multiply. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void publishedConfigsOfEachFamily(String family, String good) throws IOException {
        var mutations = new Mutations(family.hashCode());
        var read = 0;
        for (int n = 0; n < FILES; n++) {
            var bytes = mutations.json(good);
            var config = new ModelConfig[1];
            Mutations.readOrRefused(() -> config[0] = of(bytes), ModelException.class, bytes.length);
            if (config[0] == null) continue;
            read++;
            assertTrue(config[0].blueprint().weights().size() < 1 << 20);
            assertEquals(config[0], ConfigFile.of("written", ConfigFile.json(config[0])));
        }
        assertTrue(read > FILES / 50 && read < FILES, read + " were read");
    }

    @Test
    void moreExpertsThanAModelHasAreRefusedBeforeTheyAreDrawn() {
        var json = JSON.createObjectNode().put("model_type", "qwen3_moe").put("num_hidden_layers", 4096).put("num_experts", 4096);
        var refused = assertThrows(ModelException.class, () -> ConfigFile.of("config.json", json));
        assertEquals("config.json: These values make no model: 4096 experts in each of 4096 layers.", refused.getMessage());
    }

    private static ModelConfig of(byte[] bytes) {
        JsonNode json;
        try {
            json = JSON.readTree(bytes);
        } catch (IOException e) {
            throw new ModelException("This is not JSON."); // as the reader of files has it
        }
        return ConfigFile.of("config.json", json);
    }
}
