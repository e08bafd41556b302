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
        var type = m.has("rope_freqs.weight") ? "llama3" : m.textOr("rope.scaling.type", "none");
        switch (type) {
            case "none" -> {}
            case "linear" -> json.putObject("rope_scaling").put("rope_type", "linear").put("factor", m.number("rope.scaling.factor", 1));
            case "yarn" -> json.putObject("rope_scaling").put("rope_type", "yarn").put("factor", m.number("rope.scaling.factor", 1))
                    .put("original_max_position_embeddings", m.need("rope.scaling.original_context_length"));
            case "llama3" -> llama3(m, json, headDim);
            default -> throw m.fault("rope.scaling.type", "none, linear or yarn");
        }
    }

    private static void llama3(GgufSettings m, ObjectNode json, int headDim) {
        var divisors = new float[headDim / 2];
        var tensor = m.gguf().tensors().get("rope_freqs.weight");
        if (tensor.elements() != divisors.length) throw new ModelException(m.file() + ": rope_freqs.weight has not half a head's numbers.");
        tensor.type().widen(tensor.bytes(), 0, divisors.length, divisors, 0);
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
