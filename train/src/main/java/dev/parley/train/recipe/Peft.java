package dev.parley.train.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.kernels.DType;
import dev.parley.model.ModelConfig;
import dev.parley.model.WeightType;
import dev.parley.model.adapter.LoraConfig;
import dev.parley.model.adapter.TargetModules;
import dev.parley.torch.TrainableLM;
import dev.parley.train.TrainingSetting;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * The part of a recipe that trains an adapter in place of a whole model, by PEFT's names.
 *
 * <pre>{@code
 * peft: {type: lora, r: 16, lora_alpha: 32, lora_dropout: 0.05, target_modules: all-linear}
 * base_dtype: int8
 * }</pre>
 */
final class Peft {

    static final String KEY = "peft";
    static final String BASE_DTYPE = "base_dtype";

    /** How frozen weights may be kept, by the names of recipes. */
    static final Map<String, WeightType> BASE_DTYPES = Map.of("float32", WeightType.FLOAT32, "bfloat16", WeightType.BFLOAT16, "int8",
            WeightType.INT8);

    private static final List<String> KEYS = List.of("type", "r", "lora_alpha", "lora_dropout", "target_modules", "use_rslora",
            "modules_to_save");

    private final RecipeText text;
    private final JsonNode keys;

    private Peft(RecipeText text) {
        this.text = text;
        keys = text.keys().path(KEY);
    }

    /** The adapter that a recipe asks for; empty where the whole model learns. */
    static Optional<Peft> of(RecipeText text) {
        if (text.keys().hasNonNull(KEY)) return Optional.of(new Peft(text));
        if (text.keys().hasNonNull(BASE_DTYPE))
            throw new IllegalArgumentException(text.name() + text.place(BASE_DTYPE)
                    + ": base_dtype is how weights are kept that an adapter stands beside; add peft, or leave it out.");
        return Optional.empty();
    }

    /**
     * The model with a new adapter.
     *
     * @param computeType of products, in which the frozen weights are kept unless the recipe says otherwise
     * @param changed what the recipe changes of the model's config
     */
    TrainableLM model(Path base, String name, DType computeType, UnaryOperator<ModelConfig> changed, long seed) {
        var config = config().withBaseModel(name);
        var held = text.keys().hasNonNull(BASE_DTYPE) ? BASE_DTYPES.get(text.keys().path(BASE_DTYPE).asText()) : WeightType.of(computeType);
        var model = TrainableLM.frozen(base, computeType, held, changed);
        try {
            model.attach(config, seed);
            return model;
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    /** @throws IllegalArgumentException naming what it cannot be */
    LoraConfig config() {
        var unknown = new TreeSet<String>();
        keys.fieldNames().forEachRemaining(key -> {
            if (!KEYS.contains(key)) unknown.add(key);
        });
        if (!unknown.isEmpty())
            throw wrong("there is no key " + String.join(", ", unknown) + "; there are " + String.join(", ", KEYS) + ".");
        if (!keys.path("type").asText("lora").equalsIgnoreCase("lora"))
            throw wrong("type is " + keys.path("type") + "; the only one is lora.");
        try {
            var r = keys.has("r") ? TrainingSetting.wholeNumber(keys.path("r")).orElseThrow(() -> wrong("r is " + keys.path("r")
                    + "; it is a whole number.")) : 8;
            return LoraConfig.of(r, number("lora_alpha", 2 * r)).withDropout(number("lora_dropout", 0)).withTargets(targets())
                    .withRslora(flag("use_rslora")).withModulesToSave(names("modules_to_save"));
        } catch (IllegalArgumentException e) {
            throw e.getMessage().startsWith(text.name()) ? e : wrong(e.getMessage());
        }
    }

    private TargetModules targets() {
        var node = keys.path("target_modules");
        if (node.isMissingNode() || node.isNull()) return new TargetModules.AllLinear();
        return node.isTextual() ? TargetModules.of(node.asText()) : new TargetModules.Named(names("target_modules"));
    }

    private double number(String key, double byDefault) {
        var node = keys.path(key);
        if (node.isMissingNode() || node.isNull()) return byDefault;
        try {
            return Double.parseDouble(node.asText());
        } catch (NumberFormatException e) {
            throw wrong(key + " is " + node + "; it is a number.");
        }
    }

    private boolean flag(String key) {
        return switch (keys.path(key).asText("false").toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on" -> true;
            case "false", "no", "off", "null" -> false;
            default -> throw wrong(key + " is " + keys.path(key) + "; it is true or false.");
        };
    }

    private List<String> names(String key) {
        var names = new ArrayList<String>();
        var node = keys.path(key);
        if (!node.isMissingNode() && !node.isNull() && !node.isArray()) throw wrong(key + " is " + node + "; it is a list of names.");
        for (var name : node) names.add(name.asText());
        return names;
    }

    private IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException(text.name() + text.place(KEY) + ": peft: " + what);
    }
}
