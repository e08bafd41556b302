package dev.parley.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.files.Golden;
import dev.parley.kernels.DType;
import dev.parley.model.Backend;
import dev.parley.model.CausalLM;
import dev.parley.model.ModelException;
import dev.parley.model.TextImportance;
import dev.parley.model.WeightType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Mean squares of what matrices are multiplied by, beside what transformers feeds them; {@code families/importance.py} made those. */
class TextImportanceTest {

    private static Path folder(String name) throws Exception {
        return Path.of(TextImportanceTest.class.getResource("families/" + name + "/importance.json").toURI()).getParent();
    }

    /** Sums of float32 products, squared: some hundred roundings of 2^-24. Each expert has its own tokens, and some may have none. */
    @ParameterizedTest
    @ValueSource(strings = {"gemma3", "gpt-neox", "olmo2", "qwen3-moe"})
    void meanSquaresAreThoseOfTransformers(String name) throws Exception {
        var expected = new ObjectMapper().readTree(folder(name).resolve("importance.json").toFile());
        try (var model = CausalLM.fromPretrained(folder(name), WeightType.FLOAT32, DType.FLOAT32, Backend.JAVA)) {
            var told = new ArrayList<Double>();
            var importance = TextImportance.of(model, name, Golden.ints(expected.path("text")), OptionalInt.of(1), told::add);
            assertEquals(2, importance.chunks()); // of 64 and 18 tokens
            assertEquals(1.0, told.getLast());
            var compared = 0;
            for (var weight : model.config().blueprint().weights()) {
                if (!weight.isLayerMatrix()) continue;
                var means = importance.means().get(weight.ggufName());
                var theirs = expected.path("means").path(weight.name());
                int columns = weight.inFeatures(), at = Math.max(0, weight.ggufSlice()) * columns;
                for (int c = 0; c < columns; c++) {
                    var mean = theirs.isMissingNode() ? 1 : theirs.path(c).asDouble();
                    assertEquals(mean, means[at + c], 1e-5 * mean + 1e-9, weight.name() + " " + c);
                }
                compared += theirs.isMissingNode() ? 0 : 1;
            }
            // routers are read as products of their own there, and are compared all the same
            assertTrue(compared >= expected.path("means").size() - model.config().numHiddenLayers(), compared + " matrices");
        }
    }

    @Test
    void aTextOfNothingIsRefused() throws Exception {
        try (var model = CausalLM.fromPretrained(folder("olmo2"), WeightType.FLOAT32, DType.FLOAT32, Backend.JAVA)) {
            var fault = assertThrows(ModelException.class,
                    () -> TextImportance.of(model, "empty.txt", new int[0], OptionalInt.empty(), share -> {}));
            assertEquals("empty.txt has no text.", fault.getMessage());
        }
    }
}
