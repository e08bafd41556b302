package dev.parley.kernels.vectors;

/**
 * Whether the kernels that use the Vector API are quicker than plain loops yet. Interpreted, an operation on vectors takes a
 * thousand times as long as compiled; until they are compiled, plain loops compute the same bits.
 */
public final class VectorKernels {

    private static volatile boolean ready;

    private VectorKernels() {}

    /** True once vectors are quicker than plain loops. */
    public static boolean areReady() {
        return ready;
    }

    /** From now on kernels use vectors, whether or not the compiler has seen them. */
    public static void markReady() {
        ready = true;
    }
}
