package dev.parley.model.families;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.model.GgufSettings;
import dev.parley.model.ModelException;
import dev.parley.model.Rope;

/** Stretched rotary positions in GGUF, as config.json says them. */
final class GgufRope {

    /** Stretchings of Llama 3 that are published: GGUF keeps what they make of the frequencies, and not what they are. */
    private static final double[] LLAMA3_FACTORS = {8, 32, 2, 4, 16};

    private GgufRope() {}

    /** Adds {@code rope_scaling}. @param json with the model's other settings */
    static void read(GgufSettings m, ObjectNode json, int headDim) {
        var type = m.has("rope_freqs.weight") ? "llama3"
                : m.has("rope_factors_long.weight") ? "longrope" : m.textOr("rope.scaling.type", "none");
        switch (type) {
            case "none" -> {}
            case "linear" -> json.putObject("rope_scaling").put("rope_type", "linear").put("factor", m.number("rope.scaling.factor", 1));
            case "yarn" -> yarn(m, json);
            case "longrope" -> longRope(m, json, headDim);
            case "llama3" -> llama3(m, json, headDim);
            default -> throw m.fault("rope.scaling.type", "none, linear or yarn");
        }
    }

    /** llama.cpp multiplies what the file says by YaRN's own factor; a file with the multiplier of DeepSeek's kind has none in all. */
    private static void yarn(GgufSettings m, ObjectNode json) {
        var factor = m.number("rope.scaling.factor", 1);
        var sharpened = m.number("rope.scaling.yarn_log_multiplier", 0) != 0 ? 1
                : m.number("rope.scaling.attn_factor", 1) * Rope.sharpening(factor);
        json.putObject("rope_scaling").put("rope_type", "yarn").put("factor", factor)
                .put("original_max_position_embeddings", m.need("rope.scaling.original_context_length"))
                .put("attention_factor", sharpened).put("beta_fast", m.number("rope.scaling.yarn_beta_fast", 32))
                .put("beta_slow", m.number("rope.scaling.yarn_beta_slow", 1));
    }

    private static void longRope(GgufSettings m, ObjectNode json, int headDim) {
        var rotated = m.whole("rope.dimension_count").orElse((long) headDim).intValue();
        var scaling = json.putObject("rope_scaling").put("rope_type", "longrope")
                .put("original_max_position_embeddings", m.need("rope.scaling.original_context_length"))
                .put("attention_factor", m.number("rope.scaling.attn_factor", 1));
        for (var kind : new String[] {"short", "long"}) {
            var list = scaling.putArray(kind + "_factor");
            for (var factor : vector(m, "rope_factors_" + kind + ".weight", rotated / 2)) list.add((double) factor);
        }
    }

    private static float[] vector(GgufSettings m, String name, int size) {
        var tensor = m.gguf().tensors().get(name);
        if (tensor == null || tensor.elements() != size)
            throw new ModelException(m.file() + ": " + name + " has not " + size + " numbers.");
        var numbers = new float[size];
        tensor.type().widen(tensor.bytes(), 0, size, numbers, 0);
        return numbers;
    }

    private static void llama3(GgufSettings m, ObjectNode json, int headDim) {
        var divisors = vector(m, "rope_freqs.weight", headDim / 2);
        var theta = json.path("rope_theta").asDouble();
        for (var factor : LLAMA3_FACTORS) {
            for (var original : new int[] {8192, 32, json.path("max_position_embeddings").asInt()}) {
                if (!divides(new Rope(theta, new Rope.Llama3(factor, 1, 4, original)), headDim, divisors)) continue;
                json.putObject("rope_scaling").put("rope_type", "llama3").put("factor", factor).put("low_freq_factor", 1.0)
                        .put("high_freq_factor", 4.0)
                        .put("original_max_position_embeddings", original);
                return;
            }
        }
        throw new ModelException(m.file() + ": rope_freqs.weight stretches positions in a way that is not known.");
    }

    private static boolean divides(Rope rope, int headDim, float[] divisors) {
        double[] plain = Rope.plain(rope.theta()).frequencies(headDim, 0), stretched = rope.frequencies(headDim, 0);
        for (int i = 0; i < divisors.length; i++) {
            if (!(Math.abs(plain[i] / stretched[i] - divisors[i]) < 1e-3 * divisors[i])) return false;
        }
        return true;
    }
}
