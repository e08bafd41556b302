package dev.parley.weights;

import java.util.Arrays;
import java.util.Map;
import java.util.regex.Pattern;

/** What TensorFlow's two forms of GPT-2 call the tensors, in the names of the PyTorch model; other names stay as they are. */
final class TensorFlowNames {

    private static final Pattern KERAS = Pattern
            .compile("(?:.*/)?(wte|wpe|ln_f|h_\\._(\\d{1,4})/(?:ln_1|ln_2|attn/c_attn|attn/c_proj|mlp/c_fc|mlp/c_proj))"
                    + "/(weight|embeddings|gamma|kernel|bias|beta)(?::0)?");
    private static final Pattern OPENAI = Pattern
            .compile("model/(?:(wte|wpe)|((?:h\\d{1,4}/(?:ln_1|ln_2|attn/c_attn|attn/c_proj|mlp/c_fc|mlp/c_proj))|ln_f)/([gbw]))");
    private static final Map<String, String> LEAVES = Map.of("weight", "weight", "embeddings", "weight", "gamma", "weight", "kernel",
            "weight",
            "bias", "bias", "beta", "bias", "g", "weight", "w", "weight", "b", "bias");

    private TensorFlowNames() {}

    /** {@code transformer/tfgp_t2lm_head_model/transformer/h_._0/attn/c_attn/weight:0}: {@code transformer.h.0.attn.c_attn.weight}. */
    static String ofKeras(String path) {
        var parts = KERAS.matcher(path);
        if (!parts.matches()) return path;
        return "transformer." + parts.group(1).replace("h_._", "h.").replace('/', '.') + "." + LEAVES.get(parts.group(3));
    }

    /** {@code model/h0/attn/c_attn/w}: {@code transformer.h.0.attn.c_attn.weight}. */
    static String ofOpenAi(String name) {
        var parts = OPENAI.matcher(name);
        if (!parts.matches()) return name;
        if (parts.group(1) != null) return "transformer." + parts.group(1) + ".weight";
        return "transformer." + parts.group(2).replaceFirst("^h(\\d+)", "h.$1").replace('/', '.') + "." + LEAVES.get(parts.group(3));
    }

    /** The shape in the PyTorch model: both forms keep the 1 of a convolution that is one number wide. */
    static long[] shape(String name, long[] shape) {
        var leading = name.endsWith(".bias") ? 2 : 3;
        return name.startsWith("transformer.") && shape.length == leading && shape[0] == 1 ? Arrays.copyOfRange(shape, 1, leading) : shape;
    }
}
