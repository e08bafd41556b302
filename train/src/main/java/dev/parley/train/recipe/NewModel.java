package dev.parley.train.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.model.ModelConfig;
import dev.parley.train.TrainingSetting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The shape of a new model in a recipe: Qwen3's unless {@code model_type} says another; each under the names of its config.json. Instead
 * of these, {@code depth} or {@code params} gives all by {@link Dial}.
 */
record NewModel(RecipeText recipe) {

    private static final List<String> GATED = List.of("num_hidden_layers", "hidden_size", "num_attention_heads", "num_key_value_heads",
            "intermediate_size");
    private static final Map<String, List<String>> NAMES = Map.of("gpt2", List.of("n_layer", "n_embd", "n_head"), "llama", GATED, "qwen3",
            GATED);

    private JsonNode model() {
        return recipe.keys().path("model");
    }

    private String type() {
        return model().path("model_type").asText("qwen3");
    }

    /** @throws IllegalArgumentException naming the line of a setting that the shape has not, or of a value that it cannot have */
    void check() {
        var names = NAMES.get(type());
        if (names == null)
            throw recipe.wrong("model.model_type", "model_type " + type() + " is none of " + new TreeSet<>(NAMES.keySet()) + ".");
        var all = new ArrayList<>(names);
        all.addAll(List.of("model_type", "dropout"));
        if (!type().equals("gpt2")) all.addAll(List.of(Dial.DEPTH, Dial.PARAMS));
        for (var entry : model().properties()) {
            if (!all.contains(entry.getKey())) {
                throw recipe.wrong("model." + entry.getKey(), "a model of type " + type() + " has no " + entry.getKey()
                        + ClosestWord.nearest(entry.getKey(), all).map(word -> "; did you mean " + word + "?")
                                .orElse("; there are " + all + "."));
            }
            if (names.contains(entry.getKey())) whole(entry.getKey(), 1);
        }
        dropout();
    }

    ModelConfig config(int vocabSize, int contextLength) {
        check();
        var config = switch (type()) {
            case "gpt2" -> ModelConfig.gpt2(vocabSize, contextLength, whole("n_embd", 256), whole("n_layer", 4), whole("n_head", 4));
            case "llama" ->
                ModelConfig.llama(vocabSize, contextLength, width(), layers(), heads(), kvHeads(), whole("intermediate_size", 704));
            default -> ModelConfig.qwen3(vocabSize, contextLength, width(), layers(), heads(), kvHeads(),
                    whole("intermediate_size", gatedWidth(width())));
        };
        return config.withDropout(dropout());
    }

    /** Two thirds of four widths, the parameters of an MLP without a gate: Shazeer 2020 (arXiv:2002.05202); rounded up for the kernels. */
    static int gatedWidth(int width) {
        return Math.ceilDiv(8 * width / 3, 64) * 64;
    }

    private int width() {
        return whole("hidden_size", 256);
    }

    private int layers() {
        return whole("num_hidden_layers", 4);
    }

    private int heads() {
        return whole("num_attention_heads", 4);
    }

    private int kvHeads() {
        return whole("num_key_value_heads", heads());
    }

    private double dropout() {
        var value = model().path("dropout");
        try {
            var dropout = value.isMissingNode() ? 0 : Double.parseDouble(value.asText());
            if (dropout >= 0 && dropout < 1) return dropout;
        } catch (NumberFormatException e) {
            // said below
        }
        throw recipe.wrong("model.dropout", "dropout is " + value + "; it is a number from 0 to below 1.");
    }

    private int whole(String name, int byDefault) {
        var value = model().path(name);
        if (value.isMissingNode()) return byDefault;
        var number = TrainingSetting.wholeNumber(value).orElse(0);
        if (number < 1) throw recipe.wrong("model." + name, name + " is " + value + "; it is a whole number above 0.");
        return number;
    }
}
