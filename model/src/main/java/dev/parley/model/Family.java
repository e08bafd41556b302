package dev.parley.model;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The families of models that are known: each a choice of the Transformer's parts, and the names that its files use. */
public enum Family {
    /** Radford et al. 2019: layer norms, learned positions, a plain MLP with gelu. */
    GPT2("gpt2", "GPT2LMHeadModel", true, false),
    /** Touvron et al. 2023 (arXiv:2307.09288): root mean square norms, rotary positions, a gated MLP. SmolLM2 is one. */
    LLAMA("llama", "LlamaForCausalLM", false, false),
    /** Jiang et al. 2023 (arXiv:2310.06825): Llama with a sliding window. */
    MISTRAL("mistral", "MistralForCausalLM", false, false),
    /** Yang et al. 2024 (arXiv:2407.10671): Llama with biases on queries, keys and values. */
    QWEN2("qwen2", "Qwen2ForCausalLM", false, false),
    /** Yang et al. 2025 (arXiv:2505.09388): a norm on each head's queries and keys. */
    QWEN3("qwen3", "Qwen3ForCausalLM", false, true),
    /** Hugging Face's SmolLM3: Llama, some layers without positions (Yang et al. 2025, arXiv:2501.18795). */
    SMOLLM3("smollm3", "SmolLM3ForCausalLM", false, false);

    private static final Map<String, String> GPT2_NAMES = Map.of("max_position_embeddings", "n_positions", "hidden_size", "n_embd",
            "num_hidden_layers", "n_layer", "num_attention_heads", "n_head", "intermediate_size", "n_inner");

    private final String modelType;
    private final String architecture;
    private final boolean gpt2Parts;
    private final boolean qkNorm;

    Family(String modelType, String architecture, boolean gpt2Parts, boolean qkNorm) {
        this.modelType = modelType;
        this.architecture = architecture;
        this.gpt2Parts = gpt2Parts;
        this.qkNorm = qkNorm;
    }

    /** The family of a {@code model_type}. */
    static Optional<Family> of(String modelType) {
        return Arrays.stream(values()).filter(f -> f.modelType.equals(modelType)).findFirst();
    }

    /** All that are known, for messages. */
    static String known() {
        return Arrays.stream(values()).map(f -> f.modelType).collect(Collectors.joining(", "));
    }

    /** {@code model_type} in config.json. */
    public String modelType() {
        return modelType;
    }

    String architecture() {
        return architecture;
    }

    /** Layer norms rather than root mean square norms. */
    public boolean layerNorm() {
        return gpt2Parts;
    }

    /** Rotary rather than learned positions. */
    public boolean rotary() {
        return !gpt2Parts;
    }

    /** silu(gate) · up rather than gelu. */
    public boolean gatedMlp() {
        return !gpt2Parts;
    }

    /** A norm on each head's queries and keys. */
    public boolean qkNorm() {
        return qkNorm;
    }

    /** Queries, keys and values in one matrix, and matrices as (in, out). */
    boolean conv1d() {
        return gpt2Parts;
    }

    /** What config.json calls a value. */
    String nameOf(String llamaName) {
        return gpt2Parts ? GPT2_NAMES.getOrDefault(llamaName, llamaName) : llamaName;
    }

    /** The names of the parts in weight files. */
    WeightNames names() {
        return gpt2Parts ? WeightNames.GPT2 : WeightNames.LLAMA;
    }
}
