package dev.parley.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.model.ModelConfig.Layer;
import java.util.function.IntFunction;

/** What config.json says of single layers: which slide a window, and which have no positions. */
final class LayerSettings {

    private static final String SLIDING = "sliding_attention";
    private static final String FULL = "full_attention";

    private LayerSettings() {}

    static IntFunction<Layer> of(ConfigFile.Settings s, Family family, int layers) {
        var window = window(s, family);
        var types = s.node("layer_types");
        if (types.isArray() && types.size() != layers) throw s.wrong("layer_types", "one type for each of " + layers + " layers");
        var rotary = s.node("no_rope_layers");
        if (rotary.isArray() && rotary.size() != layers) throw s.wrong("no_rope_layers", "one number for each of " + layers + " layers");
        var interval = family == Family.SMOLLM3 ? s.integer("no_rope_layer_interval", 4) : 0;
        var firstWindowed = family == Family.QWEN2 || family == Family.QWEN3 ? s.integer("max_window_layers", 28) : 0;
        return i -> {
            var slides = types.isArray() ? slides(s, types.path(i).asText()) : i >= firstWindowed;
            if (slides && types.isArray() && window == 0) throw s.wrong("layer_types", "a sliding_window");
            // SmolLM3's list has 1 for a layer with positions, whatever its name says.
            var turns = rotary.isArray() && family == Family.SMOLLM3 ? rotary.path(i).asInt(1) == 1 : interval <= 0 || (i + 1) % interval != 0;
            return new Layer(turns, slides ? window : 0);
        };
    }

    private static boolean slides(ConfigFile.Settings s, String type) {
        if (!type.equals(SLIDING) && !type.equals(FULL)) throw s.wrong("layer_types", FULL + " and " + SLIDING);
        return type.equals(SLIDING);
    }

    private static int window(ConfigFile.Settings s, Family family) {
        var window = s.integer("sliding_window", family == Family.MISTRAL && !s.has("sliding_window") && s.node("sliding_window").isMissingNode() ? 4096 : 0);
        if (window < 0) throw s.wrong("sliding_window", "a number of tokens");
        if (family == Family.MISTRAL || family == Family.LLAMA) return family == Family.LLAMA ? 0 : window;
        return s.flag("use_sliding_window", false) ? window : 0;
    }

    static void write(ModelConfig c, ObjectNode json) {
        var windows = c.layers().stream().mapToInt(Layer::slidingWindow).filter(w -> w > 0).distinct().toArray();
        if (windows.length > 1) throw new IllegalArgumentException("config.json has room for one sliding_window, and the layers have " + windows.length + ".");
        if (windows.length == 1) {
            json.put("sliding_window", windows[0]);
            if (c.family() != Family.MISTRAL) json.put("use_sliding_window", true).put("max_window_layers", 0);
            if (c.layers().stream().anyMatch(l -> l.slidingWindow() == 0)) {
                var types = json.putArray("layer_types");
                c.layers().forEach(l -> types.add(l.slidingWindow() > 0 ? SLIDING : FULL));
            }
        } else if (c.family() == Family.MISTRAL) {
            json.putNull("sliding_window");
        } else if (c.family() != Family.LLAMA) {
            json.put("use_sliding_window", false);
        }
        if (c.family() == Family.SMOLLM3) {
            var list = json.putArray("no_rope_layers");
            c.layers().forEach(l -> list.add(l.rotary() ? 1 : 0));
        }
    }
}
