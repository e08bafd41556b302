package dev.parley.torch;

import dev.parley.kernels.DType;
import dev.parley.kernels.machine.ThreadTeam;
import dev.parley.kernels.matrix.BFloat16Matrix;
import dev.parley.kernels.matrix.Float32Matrix;
import dev.parley.kernels.matrix.Matrix;
import dev.parley.tensor.Tensor;
import java.util.Optional;

/** Tensors of the matrices that models run with, (out, in). */
final class MatrixTensors {

    private MatrixTensors() {}

    /** A tensor over the matrix's own memory; none where it holds codes rather than numbers. */
    static Optional<Tensor> over(Matrix matrix) {
        return switch (matrix) {
            case Float32Matrix m -> Optional.of(Tensor.overMemory(m.memory(), DType.FLOAT32, m.rows(), m.columns(), m.stride()));
            case BFloat16Matrix m -> Optional.of(Tensor.overMemory(m.memory(), DType.BFLOAT16, m.rows(), m.columns(), m.stride()));
            default -> Optional.empty();
        };
    }

    /** A copy in numbers, of bfloat16 if that is wanted, else of float32. */
    static Tensor widened(Matrix codes, DType wanted) {
        var dtype = wanted == DType.BFLOAT16 ? DType.BFLOAT16 : DType.FLOAT32;
        var tensor = Tensor.empty(dtype, codes.rows(), codes.columns());
        codes.widenAll(tensor.memory(), dtype == DType.FLOAT32, ThreadTeam.shared());
        return tensor;
    }
}
