package dev.parley.model;

import dev.parley.kernels.DType;
import dev.parley.tensor.Functional;
import dev.parley.tensor.Tensor;
import java.util.Optional;

/** The perceptron of a layer: down(gelu(up x)), or gated, down(silu(gate x) · up x); Shazeer 2020 (arXiv:2002.05202). */
final class Mlp {

    private final Optional<Linear> gate;
    private final Linear up;
    private final Linear down;

    Mlp(Parameters parameters, ModelConfig config) {
        var names = config.family().names();
        int c = config.hiddenSize(), m = config.intermediateSize();
        gate = config.family().gatedMlp() ? Optional.of(Linear.reading(parameters.at("gate_proj"), config, c, m, config.mlpBias())) : Optional.empty();
        up = Linear.reading(parameters.at(names.up()), config, c, m, config.mlpBias());
        down = Linear.writing(parameters.at(names.down()), config, m, c, config.mlpBias());
    }

    Tensor forward(Tensor x, DType computeType) { // x: (B, T, C)
        var inner = up.forward(x, computeType); // (B, T, M)
        inner = gate.isPresent() ? Functional.silu(gate.get().forward(x, computeType)).mul(inner) : Functional.geluNew(inner);
        return down.forward(inner, computeType); // (B, T, C)
    }
}
