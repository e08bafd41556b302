package dev.parley.tensor;

import dev.parley.kernels.DType;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** What libtorch calls the types. Apart from {@link DType}, so that those who only name a type do not load libtorch. */
final class ScalarTypes {

    private ScalarTypes() {}

    static ScalarType of(DType dtype) {
        return switch (dtype) {
            case FLOAT32 -> ScalarType.Float;
            case FLOAT64 -> ScalarType.Double;
            case FLOAT16 -> ScalarType.Half;
            case BFLOAT16 -> ScalarType.BFloat16;
            case INT64 -> ScalarType.Long;
            case INT32 -> ScalarType.Int;
            case INT16 -> ScalarType.Short;
            case INT8 -> ScalarType.Char;
            case UINT8 -> ScalarType.Byte;
            case BOOL -> ScalarType.Bool;
        };
    }

    static DType of(ScalarType scalarType) {
        for (var dtype : DType.values()) {
            if (of(dtype).value == scalarType.value) return dtype;
        }
        throw new TensorException("Elements of type " + scalarType + " are not supported.");
    }
}
