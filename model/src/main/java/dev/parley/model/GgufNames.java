package dev.parley.model;

import java.util.LinkedHashMap;
import java.util.Map;

/** What GGUF calls the parameters of a family; layer numbers stand where they stand. */
final class GgufNames {

    private static final Map<String, String> GPT2 = Map.ofEntries(
            Map.entry("transformer.wte", "token_embd"), Map.entry("transformer.wpe", "position_embd"), Map.entry("transformer.ln_f", "output_norm"),
            Map.entry("ln_1", "attn_norm"), Map.entry("attn.c_attn", "attn_qkv"), Map.entry("attn.c_proj", "attn_output"),
            Map.entry("ln_2", "ffn_norm"), Map.entry("mlp.c_fc", "ffn_up"), Map.entry("mlp.c_proj", "ffn_down"));

    private static final Map<String, String> LLAMA = new LinkedHashMap<>();

    static {
        LLAMA.put("model.embed_tokens", "token_embd");
        LLAMA.put("model.norm", "output_norm");
        LLAMA.put("lm_head", "output");
        LLAMA.put("input_layernorm", "attn_norm");
        LLAMA.put("self_attn.q_proj", "attn_q");
        LLAMA.put("self_attn.k_proj", "attn_k");
        LLAMA.put("self_attn.v_proj", "attn_v");
        LLAMA.put("self_attn.o_proj", "attn_output");
        LLAMA.put("self_attn.q_norm", "attn_q_norm");
        LLAMA.put("self_attn.k_norm", "attn_k_norm");
        LLAMA.put("post_attention_layernorm", "ffn_norm");
        LLAMA.put("mlp.gate_proj", "ffn_gate");
        LLAMA.put("mlp.up_proj", "ffn_up");
        LLAMA.put("mlp.down_proj", "ffn_down");
    }

    private GgufNames() {}

    /** What GGUF calls a family; SmolLM2 and Mistral are Llama there. */
    static String architecture(Family family) {
        return switch (family) {
            case GPT2 -> "gpt2";
            case LLAMA, MISTRAL -> "llama";
            case QWEN2 -> "qwen2";
            case QWEN3 -> "qwen3";
            case SMOLLM3 -> throw new ModelException("GGUF's form of smollm3 is not known to this version of Parley.");
        };
    }

    /** GGUF's name of a parameter: {@code model.layers.3.self_attn.q_proj.weight} is {@code blk.3.attn_q.weight}. */
    static String of(Family family, String parameter) {
        var names = family == Family.GPT2 ? GPT2 : LLAMA;
        var kindAt = parameter.lastIndexOf('.');
        var path = parameter.substring(0, kindAt);
        var kind = parameter.substring(kindAt);
        var layers = family.names().root() + "." + family.names().layers() + ".";
        if (!path.startsWith(layers)) return names.get(path) + kind;
        var numberEnd = path.indexOf('.', layers.length());
        return "blk." + path.substring(layers.length(), numberEnd) + "." + names.get(path.substring(numberEnd + 1)) + kind;
    }

    /**
     * True of the rows of queries and keys that GGUF's Llama has in another order: its pairs of dimensions that turn together
     * are neighbours, where Hugging Face's lie half a head apart.
     */
    static boolean interleaved(Family family, String parameter) {
        return architecture(family).equals("llama") && (parameter.contains(".self_attn.q_proj.") || parameter.contains(".self_attn.k_proj."));
    }

    /** The row of Hugging Face's order that is GGUF's row. */
    static int rowInModel(int ggufRow, int headDim) {
        int inHead = ggufRow % headDim;
        return ggufRow - inHead + inHead % 2 * (headDim / 2) + inHead / 2;
    }

    /** The row of GGUF's order that is Hugging Face's row. */
    static int rowInGguf(int modelRow, int headDim) {
        int inHead = modelRow % headDim, half = headDim / 2;
        return modelRow - inHead + inHead % half * 2 + inHead / half;
    }
}
