package dev.parley.model;

/** Which engine runs a model. */
public enum Backend {
    /** The Java engine where it is faster and libtorch elsewhere; the Java engine alone where libtorch is missing. */
    AUTO,
    /** The Java engine alone: no native library is loaded. */
    JAVA,
    /** libtorch alone. */
    TORCH
}
