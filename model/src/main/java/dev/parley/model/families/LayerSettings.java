package dev.parley.model.families;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.model.ConfigSettings;
import dev.parley.model.ModelConfig;
import dev.parley.model.ModelConfig.Layer;
import dev.parley.model.Rope;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What config.json says of single layers: which slide a window. */
final class LayerSettings {

    static final String SLIDING = "sliding_attention";
    static final String FULL = "full_attention";

    private LayerSettings() {}

    /**
     * The layers, all with positions.
     *
     * @param window of those that slide one; 0 for none
     * @param firstSliding the first that does, where {@code layer_types} does not say which
     */
    static List<Layer> of(ConfigSettings s, int count, int window, int firstSliding) {
        var types = types(s, count);
        var rotary = s.node("no_rope_layers");
        if (rotary.isArray() && rotary.size() != count) throw s.wrong("no_rope_layers", "one number for each of " + count + " layers");
        var layers = new ArrayList<Layer>();
        for (int i = 0; i < count; i++) {
            var slides = types.isArray() ? slides(s, types.path(i).asText()) : i >= firstSliding;
            if (slides && types.isArray() && window == 0) throw s.wrong("layer_types", "a sliding_window");
            layers.add(new Layer(true, slides ? window : 0));
        }
        return layers;
    }

    /**
     * The layers of a family in which all but each so many-th slide a window.
     *
     * @param pattern each layer whose number from 1 is a multiple of it sees everything, where {@code layer_types} does not say which
     * @param localRope of those that slide; empty for the model's
     */
    static List<Layer> alternating(ConfigSettings s, int count, int window, int pattern, Optional<Rope> localRope) {
        var types = types(s, count);
        var layers = new ArrayList<Layer>();
        for (int i = 0; i < count; i++) {
            var slides = window > 0 && (types.isArray() ? slides(s, types.path(i).asText()) : pattern <= 0 || (i + 1) % pattern != 0);
            layers.add(new Layer(true, slides ? window : 0, slides ? localRope : Optional.empty()));
        }
        return layers;
    }

    private static JsonNode types(ConfigSettings s, int count) {
        var types = s.node("layer_types");
        if (types.isArray() && types.size() != count) throw s.wrong("layer_types", "one type for each of " + count + " layers");
        return types;
    }

    /** Says of a config.json that is made up which layers slide, by such a pattern. */
    static void addPattern(ObjectNode json, int count, int pattern) {
        var types = json.putArray("layer_types");
        for (int i = 0; i < count; i++) types.add((i + 1) % pattern != 0 ? SLIDING : FULL);
    }

    /** Writes the window, and of each layer whether it slides. */
    static void writeAlternating(ModelConfig c, ObjectNode json) {
        if (!write(c, json)) json.put("sliding_window", 0);
        var types = json.putArray("layer_types");
        c.layers().forEach(l -> types.add(l.slidingWindow() > 0 ? SLIDING : FULL));
    }

    private static boolean slides(ConfigSettings s, String type) {
        if (!type.equals(SLIDING) && !type.equals(FULL)) throw s.wrong("layer_types", FULL + " and " + SLIDING);
        return type.equals(SLIDING);
    }

    /** The window's tokens; 0 for none. */
    static int window(ConfigSettings s, int byDefault) {
        var window = s.integer("sliding_window", byDefault);
        if (window < 0) throw s.wrong("sliding_window", "a number of tokens");
        return window;
    }

    /** The window of a family that has a switch for it, off where it says nothing. */
    static int switchedWindow(ConfigSettings s) {
        var window = window(s, 0);
        return s.flag("use_sliding_window", false) ? window : 0;
    }

    // ---- writing ----

    /** Writes the window and the layers that slide it. @return whether there is one */
    static boolean write(ModelConfig c, ObjectNode json) {
        var windows = c.layers().stream().mapToInt(Layer::slidingWindow).filter(w -> w > 0).distinct().toArray();
        if (windows.length > 1)
            throw new IllegalArgumentException("config.json has room for one sliding_window, and the layers have " + windows.length + ".");
        if (windows.length == 0) return false;
        json.put("sliding_window", windows[0]);
        if (c.layers().stream().anyMatch(l -> l.slidingWindow() == 0)) {
            var types = json.putArray("layer_types");
            c.layers().forEach(l -> types.add(l.slidingWindow() > 0 ? SLIDING : FULL));
        }
        return true;
    }

    /** The same for a family that has a switch for it. */
    static void writeSwitched(ModelConfig c, ObjectNode json) {
        var slides = write(c, json);
        json.put("use_sliding_window", slides);
        if (slides) json.put("max_window_layers", 0);
    }
}
