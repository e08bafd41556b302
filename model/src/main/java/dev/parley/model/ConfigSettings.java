package dev.parley.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.model.ModelConfig.SpecialTokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The values of a JSON object by name, each with transformers' default; those that were asked for are remembered. */
public final class ConfigSettings {

    /**
     * What the names of settings begin with that change nothing that is computed here: a library's own notes, what else to give back,
     * and by which implementation.
     */
    private static final List<String> HARMLESS = List.of("_", "output_", "use_flash", "use_fused", "use_memory_efficient", "flash_attn",
            "summary_",
            "task_specific_params", "transformers", "torch_dtype", "dtype", "use_cache", "architectures", "n_ctx", "attn_implementation",
            "reorder_and_upcast_attn", "attention_softmax_in_fp32", "pretraining_tp", "max_window_layers", "use_sliding_window",
            "no_rope_layer_interval", "initializer_range", "pad_token_id");

    /** Words in the names of settings that change what is computed. */
    private static final List<String> SUSPECT = List.of("scal", "multiplier", "softcap", "norm", "rope", "rotary", "alibi", "attention",
            "attn", "window",
            "expert", "moe", "_act", "activation", "quantization", "compression", "layer_type", "bias", "clip_qkv");

    private final String where;
    private final JsonNode json;
    private final List<String> read = new ArrayList<>();

    ConfigSettings(String where, JsonNode json) {
        if (json == null || !json.isObject()) throw new ModelException(where + " does not hold a JSON object.");
        this.where = where;
        this.json = json;
    }

    /** Nested settings; empty where there is no object of that name. */
    public Optional<ConfigSettings> inner(String name) {
        read.add(name);
        var node = json.path(name);
        if (node.isMissingNode() || node.isNull()) return Optional.empty();
        if (!node.isObject()) throw wrong(name, "an object");
        return Optional.of(new ConfigSettings(where + ", " + name, node));
    }

    /** Whether there is a value of that name, and not null. */
    public boolean has(String name) {
        return json.hasNonNull(name);
    }

    /** The value as it stands there; a missing node for none. */
    public JsonNode node(String name) {
        read.add(name);
        return json.path(name);
    }

    /** Whether the model was trained to classify texts: it has a head of its own for that, and none for tokens. */
    public boolean isClassifier() {
        return json.path("architectures").path(0).asText().endsWith("ForSequenceClassification");
    }

    /** A number, and not one so large that it is infinite as a double. */
    private static boolean isFinite(JsonNode node) {
        return node.isNumber() && Double.isFinite(node.doubleValue());
    }

    private boolean absent(String name) {
        var node = node(name);
        return node.isMissingNode() || node.isNull();
    }

    /**
     * A whole number.
     *
     * @param name of the setting
     * @param byDefault where it is absent or null
     * @return its value
     * @throws ModelException if it is anything else, or does not fit into an int
     */
    public int integer(String name, int byDefault) {
        if (absent(name)) return byDefault;
        var node = json.path(name);
        if (!node.isIntegralNumber() || !node.canConvertToInt()) throw wrong(name, "a whole number");
        return node.intValue();
    }

    /** A number or a list of them; a default below 0 is none. */
    public List<Integer> integers(String name, int byDefault) {
        if (!json.path(name).isArray()) {
            var one = integer(name, byDefault);
            return one < 0 ? List.of() : List.of(one);
        }
        read.add(name);
        var all = new ArrayList<Integer>();
        for (var node : json.path(name)) {
            if (!node.isIntegralNumber() || !node.canConvertToInt()) throw wrong(name, "whole numbers");
            all.add(node.intValue());
        }
        return all;
    }

    /** A list of numbers, which must be there. */
    public List<Double> numbers(String name) {
        if (!node(name).isArray()) throw wrong(name, "a list of numbers");
        var all = new ArrayList<Double>();
        for (var node : json.path(name)) {
            if (!isFinite(node)) throw wrong(name, "a list of numbers");
            all.add(node.doubleValue());
        }
        return all;
    }

    /**
     * A number.
     *
     * @param name of the setting
     * @param byDefault where it is absent or null
     * @return its value
     * @throws ModelException if it is anything else
     */
    public double number(String name, double byDefault) {
        if (absent(name)) return byDefault;
        if (!isFinite(json.path(name))) throw wrong(name, "a number");
        return json.path(name).doubleValue() + 0.0; // -0.0 is 0.0
    }

    /**
     * True or false.
     *
     * @param name of the setting
     * @param byDefault where it is absent or null
     * @return its value
     * @throws ModelException if it is anything else
     */
    public boolean flag(String name, boolean byDefault) {
        if (absent(name)) return byDefault;
        if (!json.path(name).isBoolean()) throw wrong(name, "true or false");
        return json.path(name).booleanValue();
    }

    /**
     * A text; a number or a truth value is taken as it is written.
     *
     * @param name of the setting
     * @param byDefault where it is absent or null
     * @return its value
     */
    public String text(String name, String byDefault) {
        return absent(name) ? byDefault : json.path(name).asText();
    }

    /**
     * The ids that begin and end a text; null is none.
     *
     * @param byDefault of those that are absent; below 0 for none
     */
    public SpecialTokens specialTokens(int byDefault) {
        int bos = json.path("bos_token_id").isNull() ? -1 : byDefault, eos = json.path("eos_token_id").isNull() ? -1 : byDefault;
        return new SpecialTokens(Math.max(-1, integer("bos_token_id", bos)), integers("eos_token_id", eos));
    }

    // ---- what must be so ----

    /** Fails on another value than the one that Parley computes with. */
    public void mustBe(String name, boolean value) {
        if (flag(name, value) != value) throw wrong(name, Boolean.toString(value));
    }

    /** Fails on a value that is not among those that Parley knows. */
    public void oneOf(String name, String byDefault, String... known) {
        if (!List.of(known).contains(text(name, byDefault))) throw wrong(name, String.join(" or ", known));
    }

    /** A number of layers that a model can have; a config of more would fill the memory before it is refused. */
    public int layers(String name, int byDefault) {
        var count = integer(name, byDefault);
        if (count < 1 || count > 1 << 12) throw new ModelException(where + ": " + count + " layers make no model.");
        return count;
    }

    /** Fails on a setting that was not asked for and that may change what is computed. */
    public void refuseUnread() {
        for (var property : json.properties()) {
            var name = property.getKey();
            var value = property.getValue();
            var saysNothing = value.isNull() || value.isBoolean() && !value.booleanValue() || value.isContainerNode() && value.isEmpty();
            if (saysNothing || read.contains(name) || HARMLESS.stream().anyMatch(name::startsWith)) continue;
            if (SUSPECT.stream().anyMatch(name::contains)) {
                throw new ModelException(
                        where + ": " + name + " is " + shown(value) + ", a setting that this version of Parley does not honour.");
            }
        }
    }

    private static String shown(JsonNode value) {
        var text = value.toString();
        return text.length() > 80 ? text.substring(0, 80) + "…" : text;
    }

    /**
     * What to throw for a value that Parley cannot compute with.
     *
     * @param wanted what it needs
     */
    public ModelException wrong(String name, String wanted) {
        return new ModelException(where + ": " + name + " is " + shown(json.path(name)) + "; this version of Parley needs " + wanted + ".");
    }
}
