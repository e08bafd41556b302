package dev.parley.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.weights.GgmlType;
import dev.parley.weights.Gguf;
import dev.parley.weights.ImportanceMatrix;
import dev.parley.weights.LlamaCpp;
import dev.parley.weights.SafetensorsFolder;
import dev.parley.weights.ShardSize;
import dev.parley.weights.TensorData;
import dev.parley.weights.WeightFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which tensor gets which type, beside what llama.cpp's own quantiser chooses. */
class GgufMixtureTest {

    @TempDir
    Path folder;

    private static ModelConfig config(String family, int width, int inner, int layers, int keyValueHeads, boolean tied, int experts)
            throws IOException {
        var gpt2 = """
                {"model_type": "gpt2", "vocab_size": 64, "n_embd": %d, "n_inner": %d, "n_layer": %d, "n_head": 4, "n_positions": 64}""";
        var others = """
                {"model_type": "%s", "vocab_size": 64, "hidden_size": %d, "intermediate_size": %d, "num_hidden_layers": %d,
                 "num_attention_heads": 4, "num_key_value_heads": %d, "head_dim": %d, "max_position_embeddings": 64,
                 "rope_theta": 10000, "rms_norm_eps": 1e-6, "tie_word_embeddings": %b%s}""";
        var text = family.equals("gpt2") ? gpt2.formatted(width, inner, layers)
                : others.formatted(family, width, inner, layers, keyValueHeads, width / 4, tied, experts > 0 ? experts(experts) : "");
        return ConfigFile.of("config.json", new ObjectMapper().readTree(text));
    }

    private static String experts(int count) {
        return ", \"num_experts\": " + count + ", \"num_experts_per_tok\": 2, \"moe_intermediate_size\": 256, \"norm_topk_prob\": true,"
                + " \"decoder_sparse_step\": 1, \"mlp_only_layers\": [1]";
    }

    private static Map<String, GgmlType> types(Path file) throws IOException {
        try (var gguf = Gguf.open(file)) {
            var types = new TreeMap<String, GgmlType>();
            gguf.tensors().values().forEach(tensor -> types.put(tensor.name(), tensor.type()));
            return types;
        }
    }

    /** What a mixture says of the tensors of a file. */
    private static Map<String, GgmlType> types(Path wide, ModelConfig config, GgufMixture mixture, boolean importance) throws IOException {
        try (var gguf = Gguf.open(wide)) {
            var all = GgufMixture.Surroundings.of(config, config.family().ggufArchitecture().orElseThrow(),
                    List.copyOf(gguf.tensors().keySet()), importance);
            var types = new TreeMap<String, GgmlType>();
            gguf.tensors().values().forEach(tensor -> types.put(tensor.name(), tensor.shape().length == 1 ? GgmlType.F32
                    : mixture.typeOf(tensor.name(), (int) tensor.shape()[tensor.shape().length - 1], all)));
            return types;
        }
    }

    /** With 8 experts, with other numbers; widths that are no whole blocks of 256; layers whose eighth is none, and some; 70B's 80. */
    @ParameterizedTest
    @CsvSource({"llama,256,256,9,2,true,0", "llama,1024,256,1,4,false,0", "qwen2,896,128,1,1,true,0", "llama,576,1536,1,1,true,0",
        "qwen2,256,288,17,1,false,0", "gemma2,256,256,8,1,true,0", "qwen3_moe,256,256,3,1,true,8", "qwen3_moe,256,256,9,2,false,2",
        "llama,256,32,80,1,false,0", "gpt2,256,256,9,4,true,0", "phi3,256,256,8,2,false,0", "llama,48,96,2,1,true,0"})
    void typesAreThoseThatLlamaCppChooses(String family, int width, int inner, int layers, int keyValueHeads, boolean tied, int experts)
            throws Exception {
        var llama = LlamaCpp.load();
        var config = config(family, width, inner, layers, keyValueHeads, tied, experts);
        Path model = folder.resolve("model"), wide = folder.resolve("wide.gguf"), theirs = folder.resolve("theirs.gguf");
        RandomModels.write(model, config, 1);
        GgufExport.write(model, wide, GgmlType.F32);
        for (var mixture : GgufMixture.values()) {
            if (mixture == GgufMixture.F32 || layers == 80 && mixture != GgufMixture.Q4_K_M) continue; // the only one of 70B's rule
            llama.quantize(wide, theirs, mixture.fileType(), false);
            assertEquals(types(theirs), types(wide, config, mixture, false), mixture.toString());
        }
        for (var mixture : List.of(GgufMixture.Q4_0, GgufMixture.Q5_0, GgufMixture.Q4_K_M)) {
            if (layers == 80) continue;
            llama.quantize(wide, theirs, mixture.fileType(), false, Map.of("blk.0.ffn_up.weight", ones(width)));
            assertEquals(types(theirs), types(wide, config, mixture, true), mixture + " with importances");
        }
    }

    @Test
    void aFileHasTheTypesOfItsMixture() throws Exception {
        var config = config("qwen3_moe", 256, 256, 9, 1, true, 4);
        RandomModels.write(folder.resolve("model"), config, 1);
        Path wide = folder.resolve("wide.gguf"), narrow = folder.resolve("narrow.gguf");
        GgufExport.write(folder.resolve("model"), wide, GgmlType.F32);
        var told = new ArrayList<Double>();
        var importance = new ImportanceMatrix("a text", 3, Map.of("blk.0.ffn_up_exps.weight", ones(4 * 256)));
        GgufExport.write(folder.resolve("model"), narrow, GgufMixture.Q5_0, importance, told::add);
        assertEquals(types(wide, config, GgufMixture.Q5_0, true), types(narrow));
        try (var gguf = Gguf.open(narrow)) {
            assertEquals(8L, gguf.metadata().get("general.file_type"));
            assertEquals("a text", gguf.metadata().get("quantize.imatrix.file"));
        }
        assertEquals(1.0, told.getLast());
    }

    @Test
    void importancesOfAnotherModelAreRefused() throws Exception {
        RandomModels.write(folder.resolve("model"), config("llama", 256, 256, 1, 2, true, 0), 1);
        var importance = new ImportanceMatrix("other.gguf", 3, Map.of("blk.0.ffn_up.weight", ones(128)));
        var fault = assertThrows(WeightFileException.class,
                () -> GgufExport.write(folder.resolve("model"), folder.resolve("m.gguf"), GgufMixture.Q4_K_M, importance, share -> {}));
        assertTrue(fault.getMessage().contains("other.gguf"), fault.getMessage());
        assertFalse(Files.exists(folder.resolve("m.gguf")));
    }

    /** Infinity has no place in blocks, and a scale of float16 none for numbers of 1e9. */
    @ParameterizedTest
    @CsvSource({"Q4_K_M,Infinity", "Q8_0,NaN", "Q6_K,1e9"})
    void whatBlocksCannotHoldIsRefusedByName(GgufMixture mixture, float number) throws Exception {
        var model = folder.resolve("model");
        var config = config("llama", 256, 256, 1, 2, true, 0);
        RandomModels.write(model, config, 1);
        var weights = new ArrayList<TensorData>();
        for (var spec : config.blueprint().weights()) {
            var numbers = new float[Math.toIntExact(spec.elements())];
            if (spec.ggufName().equals("blk.0.ffn_up.weight")) numbers[1000] = number;
            weights.add(RandomModels.of(spec.name(), numbers, spec.shape()));
        }
        SafetensorsFolder.write(model, weights, ShardSize.DEFAULT);
        var fault = assertThrows(WeightFileException.class,
                () -> GgufExport.write(model, folder.resolve("m.gguf"), mixture, ImportanceMatrix.NONE, share -> {}));
        assertTrue(fault.getMessage().contains("\"blk.0.ffn_up.weight\" has numbers that are not finite"), fault.getMessage());
        assertFalse(Files.exists(folder.resolve("m.gguf")));
    }

    @Test
    void anEndedExportLeavesNothing() throws Exception {
        RandomModels.write(folder.resolve("model"), config("llama", 256, 256, 3, 2, true, 0), 1);
        assertThrows(IllegalStateException.class, () -> GgufExport.write(folder.resolve("model"), folder.resolve("out/m.gguf"),
                GgufMixture.Q4_K_M, ImportanceMatrix.NONE, share -> {
                    if (share > 0.5) throw new IllegalStateException("stopped");
                }));
        try (var files = Files.list(folder.resolve("out"))) {
            assertEquals(List.of(), files.toList());
        }
    }

    private static float[] ones(int count) {
        var ones = new float[count];
        Arrays.fill(ones, 1);
        return ones;
    }
}
