package dev.parley.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.kernels.DType;
import dev.parley.kernels.attention.KvBlocks;
import dev.parley.kernels.matrix.BlockMatrix;
import dev.parley.model.families.Qwen3Moe;
import dev.parley.weights.GgmlType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told of memory before a model is loaded is what it takes when it is. */
class MemoryNeedsTest {

    /** Widths that vectors divide: what fills rows up is not counted. */
    private static final ModelConfig CONFIG = ModelConfig.qwen3(512, 128, 256, 2, 4, 2, 512);

    @TempDir
    Path folder;

    private static void agree(Path model, WeightType type) throws IOException {
        try (var files = ModelFiles.open(model); var loaded = CausalLM.fromPretrained(model, type, DType.FLOAT32, Backend.JAVA)) {
            var needs = MemoryNeeds.of(files.config(), Optional.of(files.weights()), type);
            var held = files.config().blueprint().weights().stream().mapToLong(loaded.weights()::bytes).sum();
            assertEquals(held, needs.weights(), 0.01 * held, type + ": 1 % for the ends of the last vectors");
            assertEquals(loaded.weightBytes(), needs.readPerToken(), 0.01 * held, type + " read by a token");
            var block = new JavaRunner(loaded.weights(), files.config()).newPool(1).blockBytes();
            assertEquals(block, needs.cachePerToken() * KvBlocks.TOKENS, type + ": keys and values");
        }
    }

    @Test
    void weightsTakeWhatIsToldInEveryType() throws Exception {
        RandomModels.write(folder, CONFIG, 1);
        for (var type : List.of(WeightType.FLOAT32, WeightType.BFLOAT16, WeightType.INT8, WeightType.INT4)) agree(folder, type);
    }

    @Test
    void aGgufFilesBlocksTakeWhatTheyTakeThere() throws Exception {
        RandomModels.write(folder, CONFIG, 1);
        var file = folder.resolve("model.gguf");
        GgufExport.write(folder, file, GgmlType.Q8_0);
        agree(file, WeightType.INT8);
        if (BlockMatrix.isSupported()) agree(file, WeightType.AS_STORED);
    }

    /** A layer has 4 experts, of which a token asks 2: with all else counted whole, half of the experts' numbers are active. */
    @Test
    void ofExpertsThoseAreReadThatATokenAsks() throws IOException {
        var config = ConfigFile.of("here", new ObjectMapper().readTree("""
                {"model_type": "qwen3_moe", "vocab_size": 100, "hidden_size": 32, "num_hidden_layers": 3, "num_attention_heads": 4,
                 "num_key_value_heads": 2, "head_dim": 8, "max_position_embeddings": 64, "intermediate_size": 64, "num_experts": 4,
                 "num_experts_per_tok": 2, "moe_intermediate_size": 16, "tie_word_embeddings": false, "norm_topk_prob": true}"""));
        assertEquals(new Qwen3Moe(), config.family());
        var needs = MemoryNeeds.of(config, Optional.empty(), WeightType.FLOAT32);
        var experts = 3L * 4 * 3 * 32 * 16;
        assertEquals(config.parameterCount() - 100 * 32 - experts / 2, needs.activeParameters());
        assertEquals(4 * needs.activeParameters(), needs.readPerToken());
        assertEquals(4 * config.parameterCount(), needs.weights());
        assertEquals(2 * 2 * 8 * 3 * 4, needs.cachePerToken());
    }
}
