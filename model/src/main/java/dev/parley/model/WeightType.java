package dev.parley.model;

import dev.parley.kernels.DType;

/** The numbers that a model's matrices are kept in while it runs. */
public enum WeightType {
    /** 32 bits, exactly as a float32 file has them. */
    FLOAT32,
    /** 16 bits: half the memory, and what models are trained in. */
    BFLOAT16,
    /** 8 bits with a scale for each row: a quarter of the memory, and next to nothing lost. */
    INT8,
    /** 4 bits with a scale for each 32 numbers; the head in 8 bits. An eighth of the memory, and a few percent of perplexity lost. */
    INT4,
    /** In the blocks of the file, where it has such; of a GGUF file where they lie there. Nothing is rounded a second time. */
    AS_STORED;

    /** The type of weights that products in a type are computed from without a cast. */
    public static WeightType of(DType computeType) {
        return computeType == DType.FLOAT32 || computeType == DType.FLOAT64 ? FLOAT32 : BFLOAT16;
    }

    /** {@return whether matrices are rounded to 8 or 4 bits, with scales} */
    public boolean quantized() {
        return this == INT8 || this == INT4;
    }
}
