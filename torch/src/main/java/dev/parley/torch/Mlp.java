package dev.parley.torch;

import dev.parley.kernels.DType;
import dev.parley.kernels.machine.ThreadTeam;
import dev.parley.kernels.vectors.Activations;
import dev.parley.model.Blueprint.MlpSpec;
import dev.parley.tensor.Functional;
import dev.parley.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The perceptron of a layer, as its {@link Blueprint.Activation} says. */
final class Mlp implements FeedForward {

    private static final int PIECE = 4096; // numbers that stay in the nearest cache

    private final MlpSpec spec;
    private final Linear up;
    private final Linear down;

    Mlp(Parameters parameters, MlpSpec spec) {
        this.spec = spec;
        up = new Linear(parameters, spec.up());
        down = new Linear(parameters, spec.down());
    }

    @Override
    public Tensor forward(Tensor x, ForwardContext pass) { // x: (B, T, C)
        var m = spec.down().in();
        var inner = switch (spec.activation()) { // (B, T, M)
            case GELU -> gelu(up.forward(x, pass));
            case GELU_ERF -> Functional.gelu(up.forward(x, pass));
            case GATED_SILU -> {
                var gateAndUp = up.split(x, pass, m, m);
                yield Functional.silu(gateAndUp.getFirst()).mul(gateAndUp.getLast());
            }
            case GATED_GELU -> {
                var gateAndUp = up.split(x, pass, m, m);
                yield Functional.geluNew(gateAndUp.getFirst()).mul(gateAndUp.getLast());
            }
            case CLAMPED_SWIGLU -> {
                var gateAndUp = up.split(x, pass, m, m);
                yield clampedSwiglu(gateAndUp.getFirst(), gateAndUp.getLast());
            }
        };
        return down.forward(inner, pass); // (B, T, C)
    }

    private static Tensor clampedSwiglu(Tensor gate, Tensor up) {
        var g = Functional.clamp(gate, Double.NEGATIVE_INFINITY, Activations.SWIGLU_LIMIT);
        var u = Functional.clamp(up, -Activations.SWIGLU_LIMIT, Activations.SWIGLU_LIMIT);
        return Functional.silu(g.mul(Activations.SWIGLU_ALPHA)).mul(1.0 / Activations.SWIGLU_ALPHA).mul(u.add(1));
    }

    /** In place where no gradient wants what was there: the Java kernels take half of libtorch's time, and no new memory. */
    private static Tensor gelu(Tensor x) {
        if (x.requiresGrad() || x.dtype() != DType.FLOAT32) return Functional.geluNew(x);
        var memory = x.memory();
        var count = x.elementCount();
        ThreadTeam.shared().run(member -> {
            var piece = new float[PIECE];
            ThreadTeam.shared().share(Math.toIntExact(Math.ceilDiv(count, PIECE)), i -> {
                var n = (int) Math.min(PIECE, count - (long) PIECE * i);
                MemorySegment.copy(memory, ValueLayout.JAVA_FLOAT, 4L * PIECE * i, piece, 0, n);
                Activations.geluNew(piece, 0, n);
                MemorySegment.copy(piece, 0, memory, ValueLayout.JAVA_FLOAT, 4L * PIECE * i, n);
            });
        });
        return x;
    }
}
