package dev.parley.train.optimizer;

import java.util.Locale;

/** The optimisers, as the argument {@code optim} names them. */
public enum Optim {
    /** Loshchilov and Hutter 2019 (arXiv:1711.05101), for every parameter. */
    ADAMW,
    /** {@link Muon} for the matrices of the layers, AdamW for embeddings, head, biases and norms. */
    MUON;

    /** Its name in a recipe. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
