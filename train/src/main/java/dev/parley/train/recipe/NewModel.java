package dev.parley.train.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.model.ModelConfig;
import dev.parley.train.TrainingSetting;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The shape of a new model in a recipe: Qwen3's unless {@code model_type} says another; each under the names of its config.json. */
record NewModel(String where, JsonNode model, int vocabSize, int contextLength) {

    private static final Map<String, TreeSet<String>> NAMES = Map.of(
            "gpt2", names("n_layer", "n_embd", "n_head"),
            "llama", names("num_hidden_layers", "hidden_size", "num_attention_heads", "num_key_value_heads", "intermediate_size"),
            "qwen3", names("num_hidden_layers", "hidden_size", "num_attention_heads", "num_key_value_heads", "intermediate_size"));

    private static TreeSet<String> names(String... names) {
        var all = new TreeSet<>(List.of(names));
        all.add("model_type");
        all.add("dropout");
        return all;
    }

    /** @throws IllegalArgumentException naming a setting that the shape has not */
    ModelConfig config() {
        var type = model.path("model_type").asText("qwen3");
        var names = NAMES.get(type);
        if (names == null) throw new IllegalArgumentException(
                where + ": model_type " + type + " is none of " + String.join(", ", new TreeSet<>(NAMES.keySet())) + ".");
        for (var entry : model.properties()) {
            if (!names.contains(entry.getKey())) throw new IllegalArgumentException(
                    where + ": a model of type " + type + " has no " + entry.getKey() + "; there are " + names + ".");
        }
        var config = switch (type) {
            case "gpt2" -> ModelConfig.gpt2(vocabSize, contextLength, whole("n_embd", 256), whole("n_layer", 4), whole("n_head", 4));
            case "llama" ->
                ModelConfig.llama(vocabSize, contextLength, width(), whole("num_hidden_layers", 4), whole("num_attention_heads", 4),
                        whole("num_key_value_heads", whole("num_attention_heads", 4)), whole("intermediate_size", 704));
            default -> ModelConfig.qwen3(vocabSize, contextLength, width(), whole("num_hidden_layers", 4), whole("num_attention_heads", 4),
                    whole("num_key_value_heads", whole("num_attention_heads", 4)),
                    whole("intermediate_size", Math.ceilDiv(8 * width() / 3, 64) * 64));
        };
        return config.withDropout(model.path("dropout").asDouble(0));
    }

    private int width() {
        return whole("hidden_size", 256);
    }

    private int whole(String name, int byDefault) {
        var value = model.path(name);
        if (value.isMissingNode()) return byDefault;
        return TrainingSetting.wholeNumber(value)
                .orElseThrow(() -> new IllegalArgumentException(where + ": " + name + " is " + value + "; it is a whole number."));
    }
}
