package dev.parley.kernels;

/** The types of numbers that tensors and weight files hold. */
public enum DType {
    FLOAT32(4),
    FLOAT64(8),
    FLOAT16(2),
    BFLOAT16(2),
    INT64(8),
    INT32(4),
    INT16(2),
    INT8(1),
    UINT8(1),
    BOOL(1);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }

    /** True of the four types of floating-point numbers. */
    public boolean isFloatingPoint() {
        return ordinal() <= BFLOAT16.ordinal();
    }
}
