package dev.parley.tensor;

import dev.parley.kernels.DType;
import java.util.List;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.TensorType;
import org.bytedeco.pytorch.Type;

/**
 * libtorch's fused AdamW: decay, both moments and the update of a parameter in one pass over its memory.
 * Loshchilov and Hutter 2019 (arXiv:1711.05101), algorithm 2.
 */
public final class AdamW {

    private static volatile OperatorHandle fused;

    private AdamW() {}

    /** A parameter with its gradient, its two moments and the number of steps taken; all float32, the last of one element. */
    public record State(Tensor parameter, Tensor gradient, Tensor firstMoment, Tensor secondMoment, Tensor step) {}

    /**
     * Updates parameters and moments in place, and adds one to each step first.
     *
     * @param gradientDivisor a tensor of one float32 element; every gradient is divided by it before use, in the same
     *     pass, which is how clipping costs no pass of its own
     */
    public static void step(List<State> states, double learningRate, double beta1, double beta2, double epsilon,
            double weightDecay, Tensor gradientDivisor) {
        if (states.isEmpty()) return;
        try (var scope = Scope.open(); var noGrad = NoGrad.open(); var stack = new IValueVector()) {
            for (var state : states) state.step().addInPlace(Tensor.full(1, DType.FLOAT32, 1).view(state.step().shape()));
            stack.push_back(list(states.stream().map(State::parameter).toList()));
            stack.push_back(list(states.stream().map(State::gradient).toList()));
            stack.push_back(list(states.stream().map(State::firstMoment).toList()));
            stack.push_back(list(states.stream().map(State::secondMoment).toList()));
            stack.push_back(list(List.of()));
            stack.push_back(list(states.stream().map(State::step).toList()));
            for (var number : new double[] {learningRate, beta1, beta2, weightDecay, epsilon}) stack.push_back(new IValue(number));
            stack.push_back(new IValue(false)); // amsgrad
            stack.push_back(new IValue(false)); // maximize
            stack.push_back(new IValue(gradientDivisor.pointer()));
            stack.push_back(new IValue()); // found_inf
            operator().callBoxed(stack);
        } catch (RuntimeException e) {
            throw NativeCall.failure("AdamW step on " + states.size() + " parameters", e);
        }
    }

    private static IValue list(List<Tensor> tensors) {
        var list = new GenericList(new Type.TypePtr(TensorType.get()));
        for (var tensor : tensors) list.push_back(new IValue(tensor.pointer()));
        return new IValue(list);
    }

    private static OperatorHandle operator() {
        if (fused == null) {
            synchronized (AdamW.class) {
                if (fused == null) {
                    var handle = Dispatcher.singleton().findSchemaOrThrow("aten::_fused_adamw_", "");
                    Scope.detach(handle);
                    fused = handle;
                }
            }
        }
        return fused;
    }
}
