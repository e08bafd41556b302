package dev.parley.model;

/** What runs a model on this machine. */
public enum Backend {
    /** Our kernels for what they are faster at, libtorch for the rest; our kernels alone where there is no libtorch. */
    AUTO,
    /** Our kernels alone, in Java: no native library is loaded. */
    JAVA,
    /** libtorch alone. */
    TORCH
}
