package dev.parley.model.adapter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.model.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code adapter_config.json}, in and out. What would make the adapter another one than Parley computes is refused by name. */
final class LoraConfigFile {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LARGEST_FILE = 1 << 20;

    /** Settings that change nothing of an adapter whose matrices are there: where it came from, how it began, what was skipped. */
    private static final Set<String> HARMLESS = Set.of("auto_mapping", "base_model_name_or_path", "revision", "task_type", "inference_mode",
            "init_lora_weights", "layers_to_transform", "layers_pattern", "exclude_modules", "megatron_config", "megatron_core",
            "loftq_config", "eva_config", "corda_config", "peft_version", "qalora_group_size", "runtime_config", "ensure_weight_tying");

    private static final Set<String> READ = Set.of("peft_type", "r", "lora_alpha", "lora_dropout", "target_modules", "use_rslora",
            "modules_to_save", "fan_in_fan_out", "bias");

    private final Path file;
    private final JsonNode json;

    private LoraConfigFile(Path file, JsonNode json) {
        this.file = file;
        this.json = json;
    }

    static LoraConfig read(Path file) {
        return new LoraConfigFile(file, tree(file)).config();
    }

    private static JsonNode tree(Path file) {
        try {
            if (Files.size(file) > LARGEST_FILE) throw new ModelException(file + " is larger than an adapter_config.json can be (1 MiB).");
            var json = JSON.readTree(Files.readAllBytes(file));
            if (json == null || !json.isObject()) throw new ModelException(file + " does not hold a JSON object.");
            return json;
        } catch (JsonProcessingException e) {
            throw new ModelException(file + " is not JSON: " + e.getOriginalMessage() + ".");
        } catch (IOException e) {
            throw new ModelException(file + " cannot be read: " + e.getMessage() + ".");
        }
    }

    private LoraConfig config() {
        if (!json.path("peft_type").asText().equals("LORA")) throw wrong("peft_type", "LORA");
        if (json.hasNonNull("bias") && !json.path("bias").asText().equals("none")) throw wrong("bias", "none");
        var init = json.path("init_lora_weights"); // PiSSA, LoftQ and their like take something away from the base
        if (init.isTextual() && !init.asText().equals("gaussian") && !init.asText().equals("orthogonal"))
            throw wrong("init_lora_weights", "true, false or gaussian");
        for (var property : json.properties()) {
            var value = property.getValue();
            var saysNothing = value.isNull() || value.isBoolean() && !value.booleanValue() || value.isContainerNode() && value.isEmpty();
            if (!saysNothing && !READ.contains(property.getKey()) && !HARMLESS.contains(property.getKey()))
                throw new ModelException(file + ": " + property.getKey() + " is " + shown(value)
                        + ", a setting of adapters that this version of Parley does not honour.");
        }
        try {
            return new LoraConfig(rank(), number("lora_alpha", 8), number("lora_dropout", 0), targets(), flag("use_rslora"),
                    names("modules_to_save"), flag("fan_in_fan_out"),
                    Optional.ofNullable(json.path("base_model_name_or_path").textValue()).filter(name -> !name.isBlank()));
        } catch (IllegalArgumentException e) {
            throw new ModelException(file + ": " + e.getMessage());
        }
    }

    private int rank() {
        var node = json.path("r");
        if (!node.isIntegralNumber() || !node.canConvertToInt()) throw wrong("r", "a whole number");
        return node.intValue();
    }

    private double number(String name, double byDefault) {
        var node = json.path(name);
        if (node.isMissingNode() || node.isNull()) return byDefault;
        if (!node.isNumber()) throw wrong(name, "a number");
        return node.doubleValue();
    }

    private boolean flag(String name) {
        var node = json.path(name);
        if (!node.isMissingNode() && !node.isNull() && !node.isBoolean()) throw wrong(name, "true or false");
        return node.booleanValue();
    }

    private TargetModules targets() {
        var node = json.path("target_modules");
        if (node.isTextual()) return TargetModules.of(node.asText());
        return new TargetModules.Named(names("target_modules"));
    }

    private List<String> names(String name) {
        var names = new ArrayList<String>();
        var node = json.path(name);
        if (!node.isMissingNode() && !node.isNull() && !node.isArray()) throw wrong(name, "a list of names");
        for (var one : node) {
            if (!one.isTextual()) throw wrong(name, "a list of names");
            names.add(one.asText());
        }
        return names;
    }

    private ModelException wrong(String name, String wanted) {
        return new ModelException(file + ": " + name + " is " + shown(json.path(name)) + "; this version of Parley needs " + wanted + ".");
    }

    private static String shown(JsonNode value) {
        if (value.isMissingNode()) return "missing";
        var text = value.toString();
        return text.length() > 80 ? text.substring(0, 80) + "…" : text;
    }

    static ObjectNode json(LoraConfig config) {
        var json = JSON.createObjectNode();
        json.put("peft_type", "LORA").put("task_type", "CAUSAL_LM").put("base_model_name_or_path", config.baseModel().orElse(null));
        json.put("r", config.r()).put("lora_alpha", config.loraAlpha()).put("lora_dropout", config.loraDropout());
        if (config.loraAlpha() == Math.rint(config.loraAlpha())) json.put("lora_alpha", (long) config.loraAlpha());
        json.set("target_modules", JSON.valueToTree(config.targetsAsWritten()));
        json.put("use_rslora", config.useRslora()).put("use_dora", false).put("bias", "none").put("fan_in_fan_out", config.fanInFanOut());
        json.set("modules_to_save", config.modulesToSave().isEmpty() ? null : JSON.valueToTree(config.modulesToSave()));
        return json.put("init_lora_weights", true).put("inference_mode", true);
    }
}
