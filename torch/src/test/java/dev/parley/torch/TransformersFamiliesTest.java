package dev.parley.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.files.Golden;
import dev.parley.kernels.DType;
import dev.parley.model.Backend;
import dev.parley.model.CausalLM;
import dev.parley.model.FolderExport;
import dev.parley.model.GgufExport;
import dev.parley.model.InferenceSession.Feed;
import dev.parley.model.InferenceSession.Scored;
import dev.parley.model.ModelFiles;
import dev.parley.model.TrainingBatch;
import dev.parley.model.WeightType;
import dev.parley.tensor.Scope;
import dev.parley.weights.GgmlType;
import dev.parley.weights.Gguf;
import dev.parley.weights.ShardSize;
import dev.parley.weights.WeightFiles;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Families against what transformers computes in float64 with small random models, which lie in the folders of {@code families}. */
class TransformersFamiliesTest {

    private static final double LOGITS = 5e-5;

    @TempDir
    Path made;

    static Stream<String> families() {
        return Stream.of("gemma2", "gemma3", "phi3", "phi4-mini", "olmo2", "olmo3", "granite", "gpt-neox", "gpt-neox-sequential",
                "ministral3", "smollm3", "lfm2", "lfm2-four-taps", "qwen3-moe", "qwen3-moe-mixed", "gpt-oss", "gpt-oss-yarn",
                "gpt-oss-mxfp4");
    }

    /** Those whose config GGUF can say: how experts share is fixed there. */
    static Stream<String> familiesInGguf() {
        return families().filter(name -> !name.equals("qwen3-moe-mixed"));
    }

    private static Path folder(String name) throws URISyntaxException {
        return Path.of(TransformersFamiliesTest.class.getResource("families/" + name + "/config.json").toURI()).getParent();
    }

    @ParameterizedTest
    @MethodSource("families")
    void logitsLossesAndGradientsAgree(String name) throws Exception {
        var expected = Golden.expected(folder(name));
        var ids = Golden.rows(expected.path("input_ids"));
        try (var model = TrainableLM.fromPretrained(folder(name), DType.FLOAT32); var scope = Scope.open()) {
            assertLogits(expected, rows(model.logits(TokenBatch.of(ids)).toFloats(), ids, model.config().vocabSize()));
            var batch = TrainingBatch.of(ids, Golden.rows(expected.path("labels_masked")));
            assertEquals(expected.path("loss_masked").asDouble(), model.loss(batch).mean(), 5e-6);
            assertEquals(expected.path("loss_masked_targets").asLong(), model.loss(batch).targets());
            for (var p : model.parameters().all()) p.learn(true);
            model.lossAndBackward(batch, expected.path("loss_masked_targets").asDouble());
            for (var tensor : expected.path("gradients").path("tensors").properties()) {
                var values = model.parameters().get(tensor.getKey()).gradient().toFloats();
                var norm = tensor.getValue().path("norm").asDouble();
                for (var entry : tensor.getValue().path("entries"))
                    assertEquals(entry.get(1).asDouble(), values[entry.get(0).asInt()], 2e-5 * norm + 1e-7, tensor.getKey());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void bothEnginesGiveTheLogitsAndGoOnGreedilyAsExpected(String name) throws Exception {
        for (var engine : List.of(Backend.JAVA, Backend.TORCH)) assertRuns(folder(name), Golden.expected(folder(name)), engine);
    }

    @ParameterizedTest
    @MethodSource("families")
    void whatIsSavedLoadsTheSame(String name) throws Exception {
        try (var model = TrainableLM.fromPretrained(folder(name), DType.FLOAT32)) {
            model.savePretrained(made);
            try (var again = TrainableLM.fromPretrained(made, DType.FLOAT32)) {
                assertEquals(model.config(), again.config());
                for (var p : model.parameters().all()) assertTrue(p.value().contentEquals(again.parameters().get(p.name()).value()));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("familiesInGguf")
    void aGgufFileOfItRunsTheSame(String name) throws Exception {
        var file = made.resolve("model.gguf");
        GgufExport.write(folder(name), file, GgmlType.F32);
        assertRuns(file, Golden.expected(folder(name)), Backend.JAVA);
    }

    @Test
    void blocksOfFourBitsAreMultipliedAsTheyAreInTheFolderAndInGguf() throws Exception {
        var folder = folder("gpt-oss-mxfp4");
        assertRuns(folder, Golden.expected(folder), Backend.JAVA, WeightType.AS_STORED);
        var file = made.resolve("model.gguf");
        GgufExport.write(folder, file, GgmlType.F32);
        try (var gguf = Gguf.open(file)) {
            assertEquals(GgmlType.MXFP4, gguf.tensors().get("blk.1.ffn_up_exps.weight").type());
        }
        assertRuns(file, Golden.expected(folder), Backend.JAVA, WeightType.AS_STORED);
        assertEquals(ModelFiles.weightType(file), ModelFiles.weightType(folder));
        assertTrue(ModelFiles.hasBlocks(folder) && !ModelFiles.hasBlocks(folder("gpt-oss")));
        FolderExport.write(folder, made.resolve("wide"), Optional.of(DType.BFLOAT16), ShardSize.DEFAULT); // which holds all its numbers
        assertFalse(ModelFiles.hasBlocks(made.resolve("wide")));
        try (var written = WeightFiles.open(made.resolve("wide"))) {
            assertArrayEquals(new long[] {5, 32, 128}, written.info("model.layers.1.mlp.experts.gate_up_proj").shape());
        }
    }

    @Test
    void aTraceDoesNotGiveToTokensWhatSinksTake() throws Exception {
        var expected = Golden.expected(folder("gpt-oss"));
        var ids = Golden.rows(expected.path("input_ids"))[0];
        try (var model = CausalLM.fromPretrained(folder("gpt-oss"), WeightType.FLOAT32, DType.FLOAT32, Backend.JAVA);
                var session = model.openSession(1 << 20); var text = session.open()) {
            var last = session.trace(text, ids).attention()[ids.length - 1];
            for (int l = 0; l < last.length; l++) {
                for (int h = 0; h < last[l].length; h++) {
                    var given = 0.0;
                    for (var weight : last[l][h]) given += weight;
                    var wanted = expected.path("attention_given").get(l).get(h).asDouble();
                    assertTrue(wanted > 0.1 && wanted < 0.999, "the sink takes a share");
                    assertEquals(wanted, given, 1e-5);
                }
            }
        }
    }

    private static void assertRuns(Path path, JsonNode expected, Backend engine) throws Exception {
        assertRuns(path, expected, engine, WeightType.FLOAT32);
    }

    private static void assertRuns(Path path, JsonNode expected, Backend engine, WeightType type) throws Exception {
        var ids = Golden.rows(expected.path("input_ids"));
        try (var model = CausalLM.fromPretrained(path, type, DType.FLOAT32, engine);
                var session = model.openSession(1 << 20)) {
            var scores = session.feed(Arrays.stream(ids).map(row -> new Feed(session.open(), row, Scored.ALL, false)).toList());
            assertLogits(expected, scores.stream().map(s -> s.scores()).toArray(float[][][]::new));
            for (var row : expected.path("greedy").path("rows")) {
                try (var text = session.open()) {
                    var wanted = Golden.ints(row.path("ids"));
                    var got = new int[wanted.length];
                    var next = session.feed(List.of(Feed.of(text, Golden.ints(row.path("prompt_ids"))))).getFirst().scores()[0];
                    for (int i = 0; i < got.length; i++) {
                        got[i] = highest(next);
                        next = session.feed(List.of(Feed.of(text, got[i]))).getFirst().scores()[0];
                    }
                    assertArrayEquals(wanted, got, path + " " + engine);
                }
            }
        }
    }

    private static int highest(float[] scores) {
        var best = 0;
        for (int i = 1; i < scores.length; i++) if (scores[i] > scores[best]) best = i;
        return best;
    }

    private static void assertLogits(JsonNode expected, float[][][] logits) {
        for (int b = 0; b < logits.length; b++) {
            for (int t = 0; t < logits[b].length; t++) {
                for (int v = 0; v < logits[b][t].length; v++)
                    assertEquals(expected.path("logits").get(b).get(t).get(v).asDouble(), logits[b][t][v], LOGITS,
                            "row " + b + ", token " + t + ", id " + v);
            }
        }
    }

    private static float[][][] rows(float[] flat, int[][] ids, int vocabSize) {
        var rows = new float[ids.length][ids[0].length][];
        for (int i = 0; i < flat.length / vocabSize; i++)
            rows[i / ids[0].length][i % ids[0].length] = Arrays.copyOfRange(flat, i * vocabSize, (i + 1) * vocabSize);
        return rows;
    }
}
