package dev.parley.model.families;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.model.ConfigSettings;
import dev.parley.model.ModelConfig;
import dev.parley.model.ModelConfig.Layer;
import java.util.ArrayList;
import java.util.List;

/** What config.json says of single layers: which slide a window. */
final class LayerSettings {

    private static final String SLIDING = "sliding_attention";
    private static final String FULL = "full_attention";

    private LayerSettings() {}

    /**
     * The layers, all with positions.
     *
     * @param window of those that slide one; 0 for none
     * @param firstSliding the first that does, where {@code layer_types} does not say which
     */
    static List<Layer> of(ConfigSettings s, int count, int window, int firstSliding) {
        var types = s.node("layer_types");
        if (types.isArray() && types.size() != count) throw s.wrong("layer_types", "one type for each of " + count + " layers");
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
