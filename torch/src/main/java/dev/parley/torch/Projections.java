package dev.parley.torch;

import dev.parley.kernels.DType;
import dev.parley.model.Blueprint.LinearSpec;
import dev.parley.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Products of the same input whose results lie side by side; files hold them as one matrix or as several. */
record Projections(List<Linear> linears) {

    static Projections of(Parameters parameters, List<LinearSpec> specs) {
        return new Projections(specs.stream().map(spec -> new Linear(parameters, spec)).toList());
    }

    /** x: (B, T, C); results: (B, T, n) for each n of {@code sizes}, which divide what all give. */
    List<Tensor> forward(Tensor x, DType computeType, int... sizes) {
        var parts = new ArrayList<Tensor>();
        int linear = 0, at = 0;
        var y = linears.getFirst().forward(x, computeType);
        for (var size : sizes) {
            if (at == linears.get(linear).out()) {
                y = linears.get(++linear).forward(x, computeType);
                at = 0;
            }
            parts.add(at == 0 && size == linears.get(linear).out() ? y : y.narrow(2, at, size));
            at += size;
        }
        return parts;
    }
}
