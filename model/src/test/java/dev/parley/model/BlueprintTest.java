package dev.parley.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.files.Golden;
import dev.parley.weights.WeightFiles;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlueprintTest {

    /** The names and shapes of each family's weights, as transformers has saved them. */
    @ParameterizedTest
    @ValueSource(strings = {"gpt2-tiny", "llama-tiny", "llama-bias-tiny", "mistral-tiny", "qwen2-tiny", "qwen3-tiny"})
    void itsWeightsAreThoseOfTransformersFiles(String name) throws Exception {
        var blueprint = ConfigFile.ofFolder(Golden.folder(name)).blueprint();
        var drawn = new LinkedHashMap<String, List<Long>>();
        for (var weight : blueprint.weights()) drawn.put(weight.name(), weight.dimensions());
        try (var file = WeightFiles.open(Golden.folder(name))) {
            var saved = new LinkedHashMap<String, List<Long>>();
            for (var tensor : file.names()) {
                if (blueprint.passedOver().stream().noneMatch(tensor::endsWith)) saved.put(tensor, shape(file.info(tensor).shape()));
            }
            assertEquals(saved, drawn);
        }
    }

    private static List<Long> shape(long[] shape) {
        return Arrays.stream(shape).boxed().toList();
    }

    /** As llama.cpp names them: https://github.com/ggml-org/llama.cpp, gguf-py/gguf/constants.py. */
    @Test
    void ggufHasNamesOfItsOwnForThem() {
        assertEquals(
                List.of("token_embd.weight", "blk.0.attn_norm.weight", "blk.0.attn_q.weight", "blk.0.attn_k.weight", "blk.0.attn_v.weight",
                        "blk.0.attn_q_norm.weight", "blk.0.attn_k_norm.weight", "blk.0.attn_output.weight", "blk.0.ffn_norm.weight",
                        "blk.0.ffn_gate.weight",
                        "blk.0.ffn_up.weight", "blk.0.ffn_down.weight", "output_norm.weight"),
                gguf(ModelConfig.qwen3(40, 16, 8, 1, 2, 1, 16)));
        assertEquals(List.of("token_embd.weight", "position_embd.weight", "blk.0.attn_norm.weight", "blk.0.attn_norm.bias",
                "blk.0.attn_qkv.weight",
                "blk.0.attn_qkv.bias", "blk.0.attn_output.weight", "blk.0.attn_output.bias", "blk.0.ffn_norm.weight", "blk.0.ffn_norm.bias",
                "blk.0.ffn_up.weight", "blk.0.ffn_up.bias", "blk.0.ffn_down.weight", "blk.0.ffn_down.bias", "output_norm.weight",
                "output_norm.bias"),
                gguf(ModelConfig.gpt2(40, 16, 8, 1, 2)));
    }

    private static List<String> gguf(ModelConfig config) {
        return config.blueprint().weights().stream().map(WeightSpec::ggufName).toList();
    }

    /** GGUF's Llama has the two of a pair that turns beside each other: 0 and 4 of a head of 8, 1 and 5, and so on. */
    @Test
    void onlyLlamasQueriesAndKeysHaveAnotherOrderOfRowsInGguf() {
        var weights = ModelConfig.llama(40, 16, 16, 1, 2, 1, 16).blueprint().weights();
        assertEquals(List.of("self_attn.q_proj", "self_attn.k_proj"),
                weights.stream().filter(w -> w.ggufRows() instanceof WeightSpec.TurningPairs)
                        .map(w -> w.name().replaceAll("model.layers.0.(.*).weight", "$1")).toList());
        var query = weights.stream().filter(w -> w.name().contains("q_proj")).findFirst().orElseThrow();
        assertEquals(List.of(0, 4, 1, 5, 2, 6, 3, 7, 8, 12), IntStream.range(0, 10).map(query::rowInModel).boxed().toList());
        for (int row = 0; row < 16; row++) assertEquals(row, query.rowInModel(query.rowInGguf(row)));
        assertTrue(ModelConfig.qwen3(40, 16, 16, 1, 2, 1, 16).blueprint().weights().stream().allMatch(w -> w.rowInGguf(5) == 5));
    }

    @Test
    void noTwoFamiliesOrWeightsShareAName() {
        var types = new HashSet<String>();
        for (var family : Family.all()) assertTrue(types.add(family.modelType()), family.modelType());
        for (var config : List.of(ModelConfig.gpt2(40, 16, 8, 2, 2), ModelConfig.qwen3(40, 16, 8, 2, 2, 1, 16), ToyFamily.small())) {
            var weights = config.blueprint().weights();
            assertEquals(weights.size(), weights.stream().map(WeightSpec::name).collect(Collectors.toSet()).size());
            assertEquals(weights.size(), weights.stream().map(WeightSpec::ggufName).collect(Collectors.toSet()).size());
        }
    }
}
