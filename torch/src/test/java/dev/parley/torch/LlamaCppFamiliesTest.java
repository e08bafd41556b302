package dev.parley.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.parley.files.Golden;
import dev.parley.model.GgufExport;
import dev.parley.weights.GgmlType;
import dev.parley.weights.LlamaCppModel;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** llama.cpp runs the files that are written of each family, and computes what transformers does with the folder. */
class LlamaCppFamiliesTest {

    /** ggml looks gelu up in a table of float16; all else is float32 sums in another order, where transformers computed in float64. */
    private static final double LOGITS = 1e-2;

    @TempDir
    Path made;

    @ParameterizedTest
    @MethodSource("dev.parley.torch.TransformersFamiliesTest#familiesInGguf")
    void familiesAreTheSame(String name) throws Exception {
        assertSame(Path.of(LlamaCppFamiliesTest.class.getResource("families/" + name + "/config.json").toURI()).getParent());
    }

    /** Without Mistral, whose window llama.cpp does not know. */
    @ParameterizedTest
    @ValueSource(
            strings = {"gpt2-tiny", "llama-tiny", "llama-bias-tiny", "llama3-tiny", "llama-linear-tiny", "llama-yarn-tiny", "qwen2-tiny",
                "qwen3-tiny"})
    void goldenModelsAreTheSame(String name) throws Exception {
        assertSame(Golden.folder(name));
    }

    private void assertSame(Path folder) throws Exception {
        var expected = Golden.expected(folder);
        var file = made.resolve("model.gguf");
        GgufExport.write(folder, file, GgmlType.F32);
        try (var llama = new LlamaCppModel(file)) {
            var ids = Golden.rows(expected.path("input_ids"))[0];
            var scores = llama.feed(ids);
            for (int t = 0; t < ids.length; t++) {
                var row = expected.path("logits").path(0).path(t);
                for (int id = 0; id < row.size(); id++)
                    assertEquals(row.path(id).asDouble(), scores[t][id], LOGITS, "token " + t + " score " + id);
            }
            for (var row : expected.path("greedy").path("rows")) {
                llama.clear();
                var continued = Golden.ints(row.path("ids"));
                assertArrayEquals(continued, llama.greedy(Golden.ints(row.path("prompt_ids")), continued.length));
            }
        }
    }
}
