package dev.parley.torch;

import dev.parley.kernels.DType;
import dev.parley.model.Blueprint.LayerSpec;
import dev.parley.model.ModelConfig.Dropout;
import dev.parley.tensor.Functional;
import dev.parley.tensor.Scope;
import dev.parley.tensor.Tensor;

/** One layer of the Transformer: attention between tokens, then an MLP on each, both added to the residual stream. */
final class Block {

    private final Norm attentionNorm;
    private final Attention attention;
    private final Norm mlpNorm;
    private final Mlp mlp;
    private final double dropout;

    Block(Parameters parameters, LayerSpec spec, Dropout dropout) {
        attentionNorm = Norm.of(parameters, spec.attentionNorm());
        attention = new Attention(parameters, spec.attention(), dropout.attention());
        mlpNorm = Norm.of(parameters, spec.mlpNorm());
        mlp = new Mlp(parameters, spec.mlp());
        this.dropout = dropout.residual();
    }

    /**
     * The residual stream stays float32: it is a sum over all layers. What a layer made besides is held by autograd alone,
     * which frees it when it has used it.
     */
    Tensor forward(Tensor x, ForwardContext pass, KvCache.Layer cache) { // x: (B, T, C)
        try (var scope = Scope.open()) {
            x = add(x, attention.forward(attentionNorm.forward(x, pass.computeType()), pass, cache), pass);
            return scope.keep(add(x, mlp.forward(mlpNorm.forward(x, pass.computeType()), pass.computeType()), pass));
        }
    }

    private Tensor add(Tensor x, Tensor branch, ForwardContext pass) {
        return x.add(Functional.dropout(branch, pass.training() ? dropout : 0).to(DType.FLOAT32));
    }
}
