package dev.parley.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.kernels.DType;
import dev.parley.model.InferenceSession.Feed;
import dev.parley.weights.GgmlType;
import dev.parley.weights.Gguf;
import dev.parley.weights.LlamaCpp;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models that llama.cpp has quantised, run from the blocks of their files. */
class StoredBlocksTest {

    /** What llama.cpp calls Q4_K_M. */
    private static final int Q4_K_M = 15;

    @TempDir
    Path folder;

    private Path quantised(ModelConfig config, int fileType) throws Exception {
        var model = folder.resolve("model");
        RandomModels.write(model, config, 7);
        GgufExport.write(model, folder.resolve("wide.gguf"), GgmlType.F32);
        var file = folder.resolve("narrow.gguf");
        LlamaCpp.load().quantize(folder.resolve("wide.gguf"), file, fileType, false);
        return file;
    }

    private static int[] ids(int count) {
        return new SplittableRandom(3).ints(count, 0, 300).toArray();
    }

    /**
     * Rows of 256 numbers have K-quants, those of 288 what llama.cpp falls back to. What is left is the rounding of the cache of keys and
     * values to bfloat16 and of sums.
     */
    @ParameterizedTest
    @CsvSource({"Q4_0,2", "Q4_1,3", "Q8_0,7", "Q5_0,8", "Q5_1,9", "Q2_K,10", "Q3_K_M,12", "Q4_K_M,15", "Q5_K_M,17", "Q6_K,18", "IQ4_NL,25",
        "IQ4_XS,30", "MXFP4,38"})
    void scoresAreThoseOfTheWidenedNumbers(String name, int fileType) throws Exception {
        for (var width : new int[] {256, 288}) {
            var file = quantised(ModelConfig.llama(300, 64, width, 2, 4, 2, 2 * width), fileType);
            assertNear(file, name + " " + width);
        }
    }

    private static void assertNear(Path file, String what) throws IOException {
        assertEquals(WeightType.AS_STORED, ModelFiles.weightType(file).orElseThrow(), what);
        int[][] text = {ids(60)};
        try (var stored = CausalLM.fromPretrained(file, WeightType.AS_STORED, DType.FLOAT32, Backend.JAVA);
                var wide = CausalLM.fromPretrained(file, WeightType.FLOAT32, DType.FLOAT32, Backend.JAVA)) {
            double[] ours = stored.tokenLogprobs(text)[0], expected = wide.tokenLogprobs(text)[0];
            var worst = 0.0;
            for (int i = 0; i < ours.length; i++) worst = Math.max(worst, Math.abs(ours[i] - expected[i]));
            assertTrue(worst < 0.02, what + ": " + worst);
        }
    }

    /** Experts are stacked in one tensor, in MXFP4 where llama.cpp is asked for it; what they are chosen by is not quantised. */
    @ParameterizedTest
    @CsvSource({"Q4_K_M,15", "MXFP4,38"})
    void expertsRunFromTheirPartsOfATensor(String name, int fileType) throws Exception {
        var json = new ObjectMapper().readTree("""
                {"model_type": "qwen3_moe", "vocab_size": 300, "hidden_size": 256, "intermediate_size": 512, "num_hidden_layers": 2,
                 "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 64, "max_position_embeddings": 64, "rope_theta": 10000,
                 "rms_norm_eps": 1e-6, "num_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 256, "norm_topk_prob": true,
                 "decoder_sparse_step": 1, "mlp_only_layers": [], "tie_word_embeddings": false, "hidden_act": "silu"}""");
        var file = quantised(ConfigFile.of("config.json", json), fileType);
        try (var gguf = Gguf.open(file)) {
            assertEquals(name.equals("MXFP4") ? GgmlType.MXFP4 : GgmlType.Q4_K, gguf.tensors().get("blk.0.ffn_up_exps.weight").type());
        }
        assertNear(file, name);
    }

    @Test
    void aScaleThatIsNoNumberIsRefusedWithItsPlace() throws Exception {
        var file = quantised(ModelConfig.llama(300, 64, 256, 2, 4, 2, 512), Q4_K_M);
        long at;
        try (var gguf = Gguf.open(file)) {
            var tensor = gguf.tensors().get("blk.1.ffn_up.weight");
            assertEquals(GgmlType.Q4_K, tensor.type());
            at = Files.size(file) - end(gguf) + tensor.bytes().address() - first(gguf) + 3 * 144;
        }
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {0, 0x7c}), at);
        }
        var fault = assertThrows(ModelException.class, () -> CausalLM.fromPretrained(file).close());
        assertTrue(fault.getMessage().contains("\"model.layers.1.mlp.up_proj.weight\" has no finite number at [3, 0]"), fault.getMessage());
    }

    private static long first(Gguf gguf) {
        return gguf.tensors().values().stream().mapToLong(t -> t.bytes().address()).min().orElseThrow();
    }

    /** Bytes from the first tensor to the end of the last, which is that of the file. */
    private static long end(Gguf gguf) {
        return gguf.tensors().values().stream().mapToLong(t -> t.bytes().address() + Math.ceilDiv(t.bytes().byteSize(), 32) * 32).max()
                .orElseThrow() - first(gguf);
    }

    /** A token's scores do not depend on how many are read at once. */
    @Test
    void aBatchGivesTheSameBits() throws Exception {
        var file = quantised(ModelConfig.llama(300, 64, 256, 2, 4, 2, 512), Q4_K_M);
        var ids = ids(40);
        try (var model = CausalLM.fromPretrained(file, WeightType.AS_STORED, DType.FLOAT32, Backend.JAVA);
                var session = model.openSession(0); var atOnce = session.open(); var oneByOne = session.open()) {
            var all = session.feed(List.of(new Feed(atOnce, ids, InferenceSession.Scored.ALL, false))).getFirst().scores();
            var together = new ArrayList<float[]>();
            for (var scores : all) together.add(scores.clone());
            for (int i = 0; i < ids.length; i++) {
                var alone = session.feed(List.of(Feed.of(oneByOne, ids[i]))).getFirst().scores()[0];
                assertArrayEquals(together.get(i), alone, "token " + i);
            }
        }
    }
}
