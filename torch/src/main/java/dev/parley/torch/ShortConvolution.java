package dev.parley.torch;

import dev.parley.model.Blueprint.ShortConvSpec;
import dev.parley.tensor.Tensor;

/** A short convolution between two gates; see {@link ShortConvSpec}. */
final class ShortConvolution implements Mixer {

    private final ShortConvSpec spec;
    private final Linear input;
    private final Parameter kernel; // (C, 1, K)
    private final Linear output;

    ShortConvolution(Parameters parameters, ShortConvSpec spec) {
        this.spec = spec;
        input = new Linear(parameters, spec.input());
        kernel = parameters.get(spec.kernel());
        output = new Linear(parameters, spec.output());
    }

    @Override
    public Tensor forward(Tensor x, ForwardContext pass, KvCache.Layer cache) { // x: (B, T, C)
        int channels = spec.channels(), taps = spec.taps();
        var parts = input.split(x, pass, channels, channels, channels);
        var states = parts.get(0).mul(parts.get(2)); // (B, T, C)
        if (cache != null) states = cache.append(states); // (B, S, C)
        var factors = kernel.in(pass.computeType()).select(1, 0); // (C, K)
        Tensor sum = null;
        for (int back = taps - 1; back >= 0; back--) {
            var tap = pass.lookback().of(states, x.size(1), back).mul(factors.select(1, taps - 1 - back)); // (B, T, C)
            sum = sum == null ? tap : sum.add(tap);
        }
        return output.forward(parts.get(1).mul(sum), pass); // (B, T, C)
    }
}
