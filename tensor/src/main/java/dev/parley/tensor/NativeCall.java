package dev.parley.tensor;

import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.pytorch.TensorOptional;

/** A call of libtorch: its operands are alive, and what it throws, pages of C++ frames, becomes one sentence with operation and shapes. */
final class NativeCall {

    private NativeCall() {}

    /** Makes a call that gives a new tensor, or null. */
    static Tensor call(String op, Supplier<org.bytedeco.pytorch.Tensor> body, Tensor... operands) {
        for (var operand : operands) operand.check();
        try {
            var result = body.get();
            return result == null ? null : new Tensor(result);
        } catch (RuntimeException e) {
            throw failure(op, e, operands);
        }
    }

    /** Makes a call that changes the first of its operands. */
    static void inPlace(String op, Supplier<org.bytedeco.pytorch.Tensor> body, Tensor... operands) {
        for (var operand : operands) operand.check();
        try {
            Objects.requireNonNull(body.get(), op); // libtorch returns the tensor that it changed
        } catch (RuntimeException e) {
            throw failure(op, e, operands);
        }
    }

    /** What to throw for a call that failed. */
    static TensorException failure(String op, RuntimeException e, Tensor... operands) {
        if (e instanceof TensorException already) return already;
        var message = String.valueOf(e.getMessage()).lines().findFirst().orElse("").strip();
        var shapes = Stream.of(operands).map(Tensor::toString).collect(Collectors.joining(" and "));
        return new TensorException(op + (shapes.isEmpty() ? "" : " of " + shapes) + " cannot be done: " + message, e);
    }

    static org.bytedeco.pytorch.Tensor[] pointers(Tensor[] tensors) {
        return Stream.of(tensors).map(Tensor::pointer).toArray(org.bytedeco.pytorch.Tensor[]::new);
    }

    static TensorOptional optional(Tensor tensor) {
        return new TensorOptional(tensor.pointer());
    }
}
