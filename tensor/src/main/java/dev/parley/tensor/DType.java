package dev.parley.tensor;

import org.bytedeco.pytorch.global.torch.ScalarType;

/** The types of a tensor's elements that Parley works with. */
public enum DType {
    FLOAT32(ScalarType.Float, 4),
    FLOAT64(ScalarType.Double, 8),
    FLOAT16(ScalarType.Half, 2),
    BFLOAT16(ScalarType.BFloat16, 2),
    INT64(ScalarType.Long, 8),
    INT32(ScalarType.Int, 4),
    INT16(ScalarType.Short, 2),
    INT8(ScalarType.Char, 1),
    UINT8(ScalarType.Byte, 1),
    BOOL(ScalarType.Bool, 1);

    private final ScalarType scalarType;
    private final int bytes;

    DType(ScalarType scalarType, int bytes) {
        this.scalarType = scalarType;
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

    ScalarType scalarType() {
        return scalarType;
    }

    static DType of(ScalarType scalarType) {
        for (var dtype : values()) {
            if (dtype.scalarType.value == scalarType.value) return dtype;
        }
        throw new TensorException("Elements of type " + scalarType + " are not supported.");
    }
}
