package dev.parley.model.families;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.model.ConfigSettings;
import dev.parley.model.Rope;

/** Rotary positions in config.json: {@code rope_theta} and {@code rope_scaling}, or both in {@code rope_parameters}. */
final class RopeSettings {

    private RopeSettings() {}

    static Rope of(ConfigSettings s, int maxPositions) {
        var theta = s.number("rope_theta", 10_000);
        var parameters = s.inner("rope_parameters");
        var scaling = s.inner("rope_scaling").or(() -> parameters);
        if (parameters.isPresent()) theta = parameters.get().number("rope_theta", theta);
        if (scaling.isEmpty()) return Rope.plain(theta);
        var rope = new Rope(theta, scaling(scaling.get(), maxPositions));
        scaling.get().refuseUnread();
        return rope;
    }

    private static Rope.Scaling scaling(ConfigSettings s, int maxPositions) {
        var type = s.text("rope_type", s.text("type", "default"));
        s.text("type", "");
        if (s.number("partial_rotary_factor", 1) != 1) throw s.wrong("partial_rotary_factor", "1");
        return switch (type) {
            case "default" -> new Rope.Default();
            case "linear" -> new Rope.Linear(factor(s));
            case "dynamic" -> new Rope.Dynamic(factor(s), s.integer("original_max_position_embeddings", maxPositions));
            case "llama3" -> new Rope.Llama3(factor(s), s.number("low_freq_factor", 1), s.number("high_freq_factor", 4),
                    s.integer("original_max_position_embeddings", maxPositions));
            case "yarn" -> yarn(s, maxPositions);
            default -> throw s.wrong(s.has("rope_type") ? "rope_type" : "type", "default, linear, dynamic, llama3 or yarn");
        };
    }

    private static double factor(ConfigSettings s) {
        var factor = s.number("factor", 1);
        if (!(factor >= 1)) throw s.wrong("factor", "a number of at least 1");
        return factor;
    }

    private static Rope.Yarn yarn(ConfigSettings s, int maxPositions) {
        var original = s.integer("original_max_position_embeddings", maxPositions);
        var factor = s.has("factor") ? factor(s) : (double) maxPositions / original;
        return new Rope.Yarn(factor, s.number("beta_fast", 32), s.number("beta_slow", 1), original,
                s.number("attention_factor", sharpening(factor, s)), s.flag("truncate", true));
    }

    private static double sharpening(double factor, ConfigSettings s) {
        double mscale = s.number("mscale", 0), mscaleAllDim = s.number("mscale_all_dim", 0);
        return mscale != 0 && mscaleAllDim != 0 ? sharpening(factor, mscale) / sharpening(factor, mscaleAllDim) : sharpening(factor, 1);
    }

    /** Peng et al. 2023, section 3.4. */
    private static double sharpening(double factor, double mscale) {
        return factor <= 1 ? 1 : 0.1 * mscale * Math.log(factor) + 1;
    }

    static void write(Rope rope, ObjectNode json) {
        json.put("rope_theta", rope.theta());
        if (rope.scaling() instanceof Rope.Default) {
            json.putNull("rope_scaling");
            return;
        }
        var s = json.putObject("rope_scaling");
        switch (rope.scaling()) {
            case Rope.Default _ -> {}
            case Rope.Linear x -> s.put("rope_type", "linear").put("factor", x.factor());
            case Rope.Dynamic x ->
                s.put("rope_type", "dynamic").put("factor", x.factor()).put("original_max_position_embeddings", x.originalMax());
            case Rope.Llama3 x -> s.put("rope_type", "llama3").put("factor", x.factor()).put("low_freq_factor", x.lowFreqFactor())
                    .put("high_freq_factor", x.highFreqFactor()).put("original_max_position_embeddings", x.originalMax());
            case Rope.Yarn x ->
                s.put("rope_type", "yarn").put("factor", x.factor()).put("beta_fast", x.betaFast()).put("beta_slow", x.betaSlow())
                        .put("original_max_position_embeddings", x.originalMax()).put("attention_factor", x.attentionFactor())
                        .put("truncate", x.truncate());
        }
    }
}
