package dev.parley.tensor;

import dev.parley.kernels.DType;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.global.torch;

/** The one generator behind initial weights and dropout; its state goes into a checkpoint so that resume is exact. */
public final class RandomState {

    private RandomState() {}

    /** Starts the generator anew. */
    public static void seed(long seed) {
        Natives.load();
        torch.manual_seed(seed);
    }

    /** The next number, at least 0. */
    public static long draw() {
        try (var number = Tensor.empty(DType.INT64, 1)) {
            number.pointer().random_();
            return number.toLongs()[0];
        }
    }

    /** The state, a tensor of bytes. */
    public static Tensor save() {
        Natives.load();
        try (var device = new Device("cpu"); var generator = generator(device)) {
            return new Tensor(generator.get_state());
        }
    }

    /** Goes on from a state that {@link #save()} gave. */
    public static void restore(Tensor state) {
        try (var device = new Device("cpu"); var generator = generator(device)) {
            generator.set_state(state.pointer());
        } catch (RuntimeException e) {
            throw NativeCall.failure("restore of the random state", e, state);
        }
    }

    private static Generator generator(Device device) {
        return torch.globalContext().defaultGenerator(device);
    }
}
