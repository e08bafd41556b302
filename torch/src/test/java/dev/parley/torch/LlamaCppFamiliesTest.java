package dev.parley.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.parley.files.Golden;
import dev.parley.model.GgufExport;
import dev.parley.weights.GgmlType;
import dev.parley.weights.LlamaCppModel;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** llama.cpp runs the files that are written of each family, and computes what transformers does with the folder. */
class LlamaCppFamiliesTest {

    /** ggml looks gelu up in a table of float16; all else is float32 sums in another order, where transformers computed in float64. */
    private static final double LOGITS = 5e-3;

    /** What products with blocks of four bits read is rounded to eight bits by llama.cpp. */
    private static final double ROUNDED = 0.2;

    @TempDir
    Path made;

    /**
     * What llama.cpp has otherwise than transformers: no window in Phi-3, no NeoX without biases of attention, and whole dimensions as
     * the borders of YaRN's range also where GPT-OSS says that they are not rounded.
     */
    private static final Set<String> OTHERWISE = Set.of("phi3", "gpt-neox-sequential", "gpt-oss-yarn");

    static Stream<String> families() {
        return TransformersFamiliesTest.familiesInGguf().filter(name -> !OTHERWISE.contains(name));
    }

    @ParameterizedTest
    @MethodSource("families")
    void familiesAreTheSame(String name) throws Exception {
        var folder = Path.of(LlamaCppFamiliesTest.class.getResource("families/" + name + "/config.json").toURI()).getParent();
        assertSame(folder, name.endsWith("mxfp4") ? ROUNDED : LOGITS);
    }

    /** Without Mistral, whose window llama.cpp does not know. */
    @ParameterizedTest
    @ValueSource(
            strings = {"gpt2-tiny", "llama-tiny", "llama-bias-tiny", "llama3-tiny", "llama-linear-tiny", "llama-yarn-tiny", "qwen2-tiny",
                "qwen3-tiny"})
    void goldenModelsAreTheSame(String name) throws Exception {
        assertSame(Golden.folder(name), LOGITS);
    }

    private void assertSame(Path folder, double tolerance) throws Exception {
        var expected = Golden.expected(folder);
        var file = made.resolve("model.gguf");
        GgufExport.write(folder, file, GgmlType.F32);
        try (var llama = new LlamaCppModel(file)) {
            var ids = Golden.rows(expected.path("input_ids"))[0];
            var scores = llama.feed(ids);
            for (int t = 0; t < ids.length; t++) {
                var row = expected.path("logits").path(0).path(t);
                for (int id = 0; id < row.size(); id++)
                    assertEquals(row.path(id).asDouble(), scores[t][id], tolerance, "token " + t + " score " + id);
            }
            for (var row : expected.path("greedy").path("rows")) {
                llama.clear();
                var continued = Golden.ints(row.path("ids"));
                assertArrayEquals(continued, llama.greedy(Golden.ints(row.path("prompt_ids")), continued.length));
            }
        }
    }
}
