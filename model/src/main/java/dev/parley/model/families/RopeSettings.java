package dev.parley.model.families;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.model.ConfigSettings;
import dev.parley.model.Rope;
import java.util.Map;

/** Rotary positions in config.json: {@code rope_theta} and {@code rope_scaling}, or both in {@code rope_parameters}. */
final class RopeSettings {

    private RopeSettings() {}

    static Rope of(ConfigSettings s, int maxPositions) {
        return of(s, maxPositions, s.number("rope_theta", 10_000), s.number("partial_rotary_factor", 1));
    }

    /**
     * The same for a family with names of its own.
     *
     * @param theta where the rotary positions have none of their own
     * @param part of a head that is turned, where they have none of their own
     */
    static Rope of(ConfigSettings s, int maxPositions, double theta, double part) {
        var parameters = s.inner("rope_parameters");
        var scaling = s.inner("rope_scaling").or(() -> parameters);
        if (parameters.isPresent()) {
            theta = parameters.get().number("rope_theta", theta);
            part = parameters.get().number("partial_rotary_factor", part);
        }
        if (scaling.isEmpty()) return new Rope(theta, new Rope.Default(), part);
        var original = s.integer("original_max_position_embeddings", maxPositions); // Phi-3's folders have it here
        return read(scaling.get(), theta, part, maxPositions, original);
    }

    /** Those of one kind of layer, where layers that slide a window may have others than those that see everything. */
    static Rope ofLayers(ConfigSettings s, String kind, int maxPositions) {
        return ofLayers(s, kind, s.number("rope_theta", 10_000), maxPositions);
    }

    /**
     * The same.
     *
     * @param theta where they have none of their own. A {@code rope_scaling} for all stretches layers that see everything.
     */
    static Rope ofLayers(ConfigSettings s, String kind, double theta, int maxPositions) {
        var own = s.inner("rope_parameters").flatMap(both -> both.inner(kind));
        if (own.isPresent()) return read(own.get(), theta, 1, maxPositions, maxPositions);
        var scaling = s.inner("rope_scaling");
        return kind.equals(LayerSettings.FULL) && scaling.isPresent() ? read(scaling.get(), theta, 1, maxPositions, maxPositions)
                : Rope.plain(theta);
    }

    /** Rotary positions that one object says. */
    static Rope read(ConfigSettings s, double theta, double part, int maxPositions, int original) {
        var rope = new Rope(s.number("rope_theta", theta), scaling(s, maxPositions, original), s.number("partial_rotary_factor", part));
        s.refuseUnread();
        return rope;
    }

    private static Rope.Scaling scaling(ConfigSettings s, int maxPositions, int original) {
        var type = s.text("rope_type", s.text("type", "default"));
        s.text("type", "");
        return switch (type) {
            case "default" -> new Rope.Default();
            case "linear" -> new Rope.Linear(factor(s));
            case "dynamic" -> new Rope.Dynamic(factor(s), s.integer("original_max_position_embeddings", maxPositions));
            case "llama3" -> new Rope.Llama3(factor(s), s.number("low_freq_factor", 1), s.number("high_freq_factor", 4),
                    s.integer("original_max_position_embeddings", maxPositions));
            case "yarn" -> yarn(s, maxPositions);
            case "longrope", "su" -> longRope(s, maxPositions, s.integer("original_max_position_embeddings", original));
            default -> throw s.wrong(s.has("rope_type") ? "rope_type" : "type", "default, linear, dynamic, llama3, yarn or longrope");
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
        if (!(factor >= 1)) throw s.wrong("original_max_position_embeddings", "no more than max_position_embeddings, " + maxPositions);
        return new Rope.Yarn(factor, s.number("beta_fast", 32), s.number("beta_slow", 1), original,
                s.number("attention_factor", sharpening(factor, s)), s.flag("truncate", true), s.number("llama_4_scaling_beta", 0));
    }

    private static Rope.LongRope longRope(ConfigSettings s, int maxPositions, int original) {
        double factor = (double) maxPositions / original,
                sharpened = factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original));
        return new Rope.LongRope(s.numbers("short_factor"), s.numbers("long_factor"), original, s.number("attention_factor", sharpened));
    }

    private static double sharpening(double factor, ConfigSettings s) {
        double mscale = s.number("mscale", 0), mscaleAllDim = s.number("mscale_all_dim", 0);
        return mscale != 0 && mscaleAllDim != 0 ? Rope.sharpening(factor, mscale) / Rope.sharpening(factor, mscaleAllDim)
                : Rope.sharpening(factor);
    }

    static void write(Rope rope, ObjectNode json) {
        json.put("rope_theta", rope.theta());
        if (rope.partialRotaryFactor() != 1) json.put("partial_rotary_factor", rope.partialRotaryFactor());
        if (rope.scaling() instanceof Rope.Default) {
            json.putNull("rope_scaling");
            return;
        }
        var s = json.putObject("rope_scaling");
        switch (rope.scaling()) {
            case Rope.Default _ -> {}
            case Rope.LongRope x -> {
                s.put("rope_type", "longrope").put("original_max_position_embeddings", x.originalMax())
                        .put("attention_factor", x.attentionFactor());
                var lists = Map.of("short_factor", x.shortFactors(), "long_factor", x.longFactors());
                lists.forEach((name, factors) -> factors.forEach(s.withArray(name)::add));
            }
            case Rope.Linear x -> s.put("rope_type", "linear").put("factor", x.factor());
            case Rope.Dynamic x ->
                s.put("rope_type", "dynamic").put("factor", x.factor()).put("original_max_position_embeddings", x.originalMax());
            case Rope.Llama3 x -> s.put("rope_type", "llama3").put("factor", x.factor()).put("low_freq_factor", x.lowFreqFactor())
                    .put("high_freq_factor", x.highFreqFactor()).put("original_max_position_embeddings", x.originalMax());
            case Rope.Yarn x -> {
                s.put("rope_type", "yarn").put("factor", x.factor()).put("beta_fast", x.betaFast()).put("beta_slow", x.betaSlow())
                        .put("original_max_position_embeddings", x.originalMax()).put("attention_factor", x.attentionFactor())
                        .put("truncate", x.truncate());
                if (x.queryScalingBeta() != 0) s.put("llama_4_scaling_beta", x.queryScalingBeta());
            }
        }
    }
}
