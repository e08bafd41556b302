package dev.parley.model.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.kernels.DType;
import dev.parley.model.ModelConfig;
import dev.parley.weights.TensorData;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdapterFilesTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ModelConfig GPT2 = ModelConfig.gpt2(97, 64, 48, 2, 4);
    private static final String MODULE = "transformer.h.0.attn.c_attn";

    @TempDir
    Path folder;

    private static TensorData zeros(String name, long... shape) {
        var elements = Stream.of(shape).flatMapToLong(Arrays::stream).reduce(1, (a, b) -> a * b);
        return TensorData.of(name, DType.FLOAT32, shape, Arena.ofAuto().allocate(4 * elements, 4));
    }

    /** One sentence that names the file. */
    private void assertRefused(String named, Executable opening) {
        var message = assertThrows(RuntimeException.class, opening).getMessage();
        assertTrue(message.contains(named), message);
        assertTrue(message.contains("adapter_"), message);
        assertTrue(message.endsWith("."), message);
    }

    private void write(TensorData... tensors) throws IOException {
        var config = LoraConfig.of(4, 8).withTargets(new TargetModules.Named(List.of("c_attn")));
        AdapterFiles.write(folder, config, List.of(tensors));
    }

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        var config = LoraConfig.of(2, 3.5).withDropout(0.25).withRslora(true).withTargets(new TargetModules.Matching(".*attn.*"))
                .withModulesToSave(List.of("ln_f")).withFanInFanOut(true).withBaseModel("a-model");
        AdapterFiles.write(folder, config, List.of(zeros(AdapterFiles.nameOfA(MODULE), 2, 48), zeros(AdapterFiles.nameOfB(MODULE), 144, 2),
                zeros(AdapterFiles.nameOfWhole("transformer.ln_f.weight"), 48)));
        try (var files = AdapterFiles.open(folder)) {
            files.check(GPT2.blueprint());
            assertEquals(config, files.config());
            assertEquals(Set.of(MODULE), files.modules());
            assertEquals(Set.of("transformer.ln_f.weight"), files.wholeWeights());
            var pair = files.lowRank(MODULE);
            assertEquals(List.of(2, 48, 144), List.of(pair.rank(), pair.in(), pair.out()));
            assertEquals(3.5 / Math.sqrt(2), pair.scale());
        }
    }

    @Test
    void aNameWithoutTheModelsPrefixIsTheSameWeight() throws IOException {
        write(zeros(AdapterFiles.nameOfA("h.0.attn.c_attn"), 4, 48), zeros(AdapterFiles.nameOfB("h.0.attn.c_attn"), 144, 4));
        try (var files = AdapterFiles.open(folder)) {
            files.check(GPT2.blueprint());
        }
    }

    @Test
    void anAdapterOfAnotherModelIsRefusedByName() throws IOException {
        write(zeros(AdapterFiles.nameOfA(MODULE), 4, 32), zeros(AdapterFiles.nameOfB(MODULE), 96, 4));
        try (var files = AdapterFiles.open(folder)) {
            assertRefused("takes 48 numbers and gives 144", () -> files.check(GPT2.blueprint()));
        }
    }

    @Test
    void halfAPairAndForeignTensorsAreRefused() throws IOException {
        write(zeros(AdapterFiles.nameOfA(MODULE), 4, 48));
        assertRefused("lora_B.weight\" is missing", () -> AdapterFiles.open(folder));
        write(zeros(AdapterFiles.nameOfA(MODULE), 4, 48), zeros(AdapterFiles.nameOfB(MODULE), 144, 3));
        assertRefused("ranks do not fit", () -> AdapterFiles.open(folder));
        write(zeros("base_model.model." + MODULE + ".lora_magnitude_vector.weight", 144));
        assertRefused("does not honour", () -> AdapterFiles.open(folder));
        write(zeros("h.0.weight", 4));
        assertRefused("is not called base_model.model.", () -> AdapterFiles.open(folder));
        write();
        assertRefused("holds no adapter", () -> AdapterFiles.open(folder));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "use_dora | true | use_dora", "bias | \"all\" | bias", "peft_type | \"IA3\" | peft_type",
        "rank_pattern | {\"a\": 2} | rank_pattern",
        "r | 0 | rank", "r | 1e99 | r is", "lora_alpha | -1 | lora_alpha", "lora_dropout | 1 | lora_dropout",
        "target_modules | [] | target_modules", "target_modules | \"(\" | target_modules", "modules_to_save | [3] | modules_to_save",
        "init_lora_weights | \"pissa\" | init_lora_weights", "layer_replication | [[0, 1]] | layer_replication"})
    void whatIsNotHonouredIsRefusedByName(String key, String value, String named) throws IOException {
        var json = (ObjectNode) JSON.readTree("{\"peft_type\": \"LORA\", \"r\": 4, \"lora_alpha\": 8, \"target_modules\": [\"c_attn\"]}");
        json.set(key, JSON.readTree(value));
        var file = folder.resolve(AdapterFiles.CONFIG);
        Files.writeString(file, json.toString());
        assertRefused(named, () -> LoraConfig.read(file));
    }

    @Test
    void damagedFilesAreRefusedInASentence() throws IOException {
        var file = folder.resolve(AdapterFiles.CONFIG);
        for (var text : List.of("", "[]", "{", "{\"peft_type\": \"LORA\", \"r\": 4}")) {
            Files.writeString(file, text);
            assertRefused(file.toString(), () -> LoraConfig.read(file));
        }
        write(zeros(AdapterFiles.nameOfA(MODULE), 4, 48), zeros(AdapterFiles.nameOfB(MODULE), 144, 4));
        var weights = Files.readAllBytes(folder.resolve(AdapterFiles.WEIGHTS));
        for (int keep : new int[] {0, 7, 20, weights.length - 1}) {
            Files.write(folder.resolve(AdapterFiles.WEIGHTS), Arrays.copyOf(weights, keep));
            assertRefused(AdapterFiles.WEIGHTS, () -> AdapterFiles.open(folder));
        }
    }

    @Test
    void modulesAreMeantByTheEndsOfTheirNamesOrByAnExpression() {
        var named = new TargetModules.Named(List.of("c_attn", "0.mlp.c_fc"));
        assertTrue(named.matches(MODULE));
        assertTrue(named.matches("transformer.h.0.mlp.c_fc"));
        assertFalse(named.matches("transformer.h.1.mlp.c_fc"));
        assertFalse(named.matches("transformer.h.0.attn.xc_attn"));
        assertTrue(TargetModules.of("all-linear").matches(MODULE));
        assertTrue(TargetModules.of(".*\\.0\\..*_attn").matches(MODULE));
        assertFalse(TargetModules.of("c_attn").matches(MODULE));
        var endless = TargetModules.of("(\\w+\\w+)+[.]");
        assertThrows(IllegalArgumentException.class, () -> endless.matches("a".repeat(200) + "!"));
    }

    @Test
    void writtenConfigsNameWhatPeftNeeds() throws IOException {
        write(zeros(AdapterFiles.nameOfA(MODULE), 4, 48), zeros(AdapterFiles.nameOfB(MODULE), 144, 4));
        var json = JSON.readTree(folder.resolve(AdapterFiles.CONFIG).toFile());
        assertEquals("LORA", json.path("peft_type").asText());
        assertTrue(json.path("r").isInt());
        assertEquals("c_attn", json.path("target_modules").get(0).asText());
        assertTrue(json.path("modules_to_save").isNull());
    }
}
