package dev.parley.model;

/**
 * What weight files call the parts of the Transformer.
 *
 * @param root of all but the head
 * @param layers of the list of layers, under the root
 */
record WeightNames(String root, String tokens, String layers, String attentionNorm, String attention, String output, String mlpNorm,
        String mlp, String up, String down, String lastNorm) {

    static final String HEAD = "lm_head";
    static final String POSITIONS = "wpe";

    static final WeightNames GPT2 = new WeightNames("transformer", "wte", "h", "ln_1", "attn", "c_proj", "ln_2", "mlp", "c_fc", "c_proj", "ln_f");
    static final WeightNames LLAMA = new WeightNames("model", "embed_tokens", "layers", "input_layernorm", "self_attn", "o_proj",
            "post_attention_layernorm", "mlp", "up_proj", "down_proj", "norm");
}
