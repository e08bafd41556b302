package dev.parley.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.files.Mutations;
import dev.parley.weights.GgmlType;
import dev.parley.weights.Gguf;
import dev.parley.weights.GgufWriter;
import dev.parley.weights.ImportanceMatrix;
import dev.parley.weights.WeightFileException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Mutated settings of GGUF files of each family: a model's shape, or an error of ours; never anything else. */
@Execution(ExecutionMode.CONCURRENT)
class FuzzedGgufConfigTest {

    private static final int FILES = 5000;
    private static final int LAYERS = 2;

    @TempDir
    Path folder;

    /** Of each family that GGUF knows, a published config with fewer layers. */
    static Stream<String> families() throws IOException {
        return configs().keySet().stream().sorted();
    }

    private static Map<String, JsonNode> configs() throws IOException {
        Map<String, JsonNode> configs = new HashMap<>();
        PublishedConfigsTest.published().map(model -> (ObjectNode) model.path("config"))
                .filter(config -> Family.of(config.path("model_type").asText()).orElseThrow().ggufArchitecture().isPresent())
                .forEach(config -> configs.putIfAbsent(config.path("model_type").asText(), shortened(config)));
        return configs;
    }

    private static ObjectNode shortened(ObjectNode config) {
        for (var name : new String[] {"num_hidden_layers", "n_layer"}) if (config.has(name)) config.put(name, LAYERS);
        for (var name : new String[] {"layer_types", "no_rope_layers"}) {
            if (config.path(name) instanceof ArrayNode list) while (list.size() > LAYERS) list.remove(0);
        }
        return config;
    }

    /** The settings that we write, and tensors of which only the names and the rows of the embedding matter here. */
    private Path write(ModelConfig config) throws IOException {
        var tensors = config.blueprint().weights().stream().map(WeightSpec::ggufName).distinct()
                .map(name -> new GgufWriter.Tensor(name, GgmlType.F32, 64, 1, false, (first, count, into) -> {})).toList();
        var file = folder.resolve("model.gguf");
        var architecture = config.family().ggufArchitecture().orElseThrow();
        GgufWriter.write(file, GgufExport.metadata(folder, folder, config, architecture, GgufMixture.F32, ImportanceMatrix.NONE), tensors);
        return file;
    }

    @ParameterizedTest
    @MethodSource("families")
    void settingsOfEachFamily(String name) throws IOException {
        var config = ConfigFile.of(name, configs().get(name));
        var file = write(config);
        try (var gguf = Gguf.open(file)) {
            assertEquals(LAYERS, GgufImport.config(gguf).numHiddenLayers());
        }
        var good = Files.readAllBytes(file);
        var settings = new String(good, StandardCharsets.ISO_8859_1).indexOf("token_embd.weight");
        var mutations = new Mutations(name.hashCode());
        var read = 0;
        for (int n = 0; n < FILES / 5; n++) {
            var changed = mutations.bytes(Arrays.copyOf(good, settings));
            var bytes = Arrays.copyOf(changed, changed.length + good.length - settings);
            System.arraycopy(good, settings, bytes, changed.length, good.length - settings);
            Files.write(file, bytes);
            var whole = new boolean[1];
            Mutations.readOrRefused(() -> whole[0] = isRead(file), ModelException.class, bytes.length);
            if (whole[0]) read++;
        }
        assertTrue(read > 0 && read < FILES / 5, read + " were read");
    }

    private static boolean isRead(Path file) throws IOException {
        try (var gguf = Gguf.open(file)) {
            return GgufImport.config(gguf).numHiddenLayers() > 0;
        } catch (WeightFileException e) {
            throw new ModelException(e.getMessage());
        }
    }
}
