package dev.parley.train.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DialTest {

    private static final long MANY = 1_000_000_000_000L;

    private final List<String> reasons = new ArrayList<>();

    private RecipeText turned(String yaml, int vocabSize, long tokens) {
        reasons.clear();
        return new Dial(RecipeText.parse("my.yaml", yaml), vocabSize, 1024, tokens, reasons::add).turned();
    }

    private static double number(RecipeText recipe, String key) {
        return Double.parseDouble(recipe.keys().at("/" + key.replace('.', '/')).asText());
    }

    private static long parameters(RecipeText recipe, int vocabSize) {
        var model = recipe.keys().withObject("/model").deepCopy();
        model.remove(List.of("depth", "params"));
        return new NewModel(recipe.with("model", model)).config(vocabSize, 1024).parameterCount();
    }

    @Test
    void twelveLayersAreAsWideAsGpt2() {
        var recipe = turned("model: {depth: 12}", 50_257, MANY);
        assertEquals(768, number(recipe, "model.hidden_size"));
        assertEquals(12, number(recipe, "model.num_attention_heads"));
        assertEquals(2048, number(recipe, "model.intermediate_size"));
        var parameters = parameters(recipe, 50_257);
        assertEquals(124e6, parameters, 1.5e6, "Qwen3's shape has GPT-2's parameters");
        var batch = number(recipe, "per_device_train_batch_size") * number(recipe, "gradient_accumulation_steps") * 1024;
        assertEquals(20.0 * parameters, number(recipe, "max_steps") * batch, 0.005 * 20 * parameters);
    }

    /** Batch and rate of DeepSeek's 7B run by its own formula: 2,304 rows of 4,096 tokens, 4.2e-4 (arXiv:2401.02954, table 2). */
    @Test
    void batchAndRateAreThoseOfThePaper() {
        var flops = 4.3e22; // of 7B parameters and 2T tokens, without embeddings: between 3.9e22 and 1e23
        assertTrue(0.2920 * Math.pow(flops, 0.3271) / 4096 > 1500 && 0.2920 * Math.pow(flops, 0.3271) / 4096 < 3000);
        var recipe = turned("model: {depth: 6}\nmax_steps: 1000", 65, MANY);
        var flopsOfToken = 6.0 * (parameters(recipe, 65) - 65 * 384) + 12.0 * 6 * 384 * 1024;
        var batch = number(recipe, "per_device_train_batch_size") * number(recipe, "gradient_accumulation_steps") * 1024;
        var expected = 0.2920 * Math.pow(flopsOfToken * 1000 * batch, 0.3271);
        assertEquals(expected, batch, 0.15 * batch, "whole rows and passes round it");
        assertEquals(0.3118 * Math.pow(flopsOfToken * 1000 * batch, -0.1250), number(recipe, "learning_rate"), 2e-4);
    }

    @Test
    void paramsFindTheNearestShape() {
        for (var wanted : new double[] {1e6, 5e6, 30e6, 124e6, 1.5e9}) {
            var recipe = turned("model: {params: " + (long) wanted + "}", 4096, MANY);
            assertEquals(wanted, parameters(recipe, 4096), 0.12 * wanted, "of " + wanted);
            var aspect = number(recipe, "model.hidden_size") / number(recipe, "model.num_hidden_layers");
            assertTrue(aspect >= 48 && aspect <= 96, "aspect " + aspect);
        }
        assertEquals(number(turned("model: {params: 30000000}", 4096, MANY), "model.hidden_size"),
                number(turned("model: {params: 30M}", 4096, MANY), "model.hidden_size"));
    }

    @Test
    void aSmallTextIsReadFourTimes() {
        var recipe = turned("model: {depth: 6}", 4096, 1_000_000);
        var batch = number(recipe, "per_device_train_batch_size") * number(recipe, "gradient_accumulation_steps") * 1024;
        assertEquals(4e6, number(recipe, "max_steps") * batch, batch / 2);
        assertTrue(reasons.stream().anyMatch(r -> r.startsWith("max_steps") && r.contains("four epochs")), reasons.toString());
    }

    @Test
    void whatTheRecipeSaysStaysAndEveryNumberHasAReason() {
        var recipe = turned("model: {depth: 4, num_attention_heads: 2, dropout: 0.1}\nlearning_rate: 0.5\nmax_steps: 7", 300, MANY);
        assertEquals(2, number(recipe, "model.num_attention_heads"));
        assertEquals(0.5, number(recipe, "learning_rate"));
        assertEquals(7, number(recipe, "max_steps"));
        assertTrue(reasons.contains("learning_rate 0.5: the recipe's"), reasons.toString());
        for (var key : List.of("model.hidden_size 256", "per_device_train_batch_size", "muon_learning_rate", "weight_decay",
                "warmup_steps")) {
            assertTrue(reasons.stream().anyMatch(r -> r.startsWith(key) && r.contains(": ")), key + " in " + reasons);
        }
    }

    @Test
    void aNumberThatCannotBeNamesItsLine() {
        for (var model : List.of("{depth: 0}", "{depth: 1000}", "{depth: deep}", "{params: many}", "{params: 5}", "{params: -3M}",
                "{depth: 4, params: 3M}")) {
            var fault = assertThrows(IllegalArgumentException.class, () -> turned("stage: pretrain\nmodel: " + model, 300, MANY));
            assertTrue(fault.getMessage().startsWith("my.yaml, line 2: "), fault.getMessage());
        }
    }
}
