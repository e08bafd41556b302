package dev.parley.model;

import dev.parley.model.Parameters.Init;
import dev.parley.tensor.DType;
import dev.parley.tensor.Functional;
import dev.parley.tensor.Tensor;

/** One layer of the Transformer: attention between tokens, then an MLP on each, both added to the residual stream. */
final class Block {

    private final LayerNorm ln1;
    private final Attention attn;
    private final LayerNorm ln2;
    private final Mlp mlp;
    private final double residPdrop;

    Block(Parameters parameters, Gpt2Config config, int layer) {
        ln1 = new LayerNorm(parameters.at("ln_1"), config);
        attn = new Attention(parameters.at("attn"), config, layer);
        ln2 = new LayerNorm(parameters.at("ln_2"), config);
        mlp = new Mlp(parameters.at("mlp"), config);
        residPdrop = config.residPdrop();
    }

    /** The residual stream stays float32: it is a sum over all layers. */
    Tensor forward(Tensor x, Pass pass, KvCache.Layer cache) { // x: (B, T, C)
        x = add(x, attn.forward(ln1.forward(x, pass.computeType()), pass, cache), pass);
        return add(x, mlp.forward(ln2.forward(x, pass.computeType()), pass.computeType()), pass);
    }

    private Tensor add(Tensor x, Tensor branch, Pass pass) {
        return x.add(Functional.dropout(branch, pass.training() ? residPdrop : 0).to(DType.FLOAT32));
    }

    /** Weights that write to the residual stream start smaller, by the number of writers; Radford et al. 2019, section 2.3. */
    static Init residualInit(Gpt2Config config) {
        return Init.normal(config.initializerRange() / Math.sqrt(2.0 * config.nLayer()));
    }

    /** The two-layer perceptron of a block. */
    static final class Mlp {

        private final Linear up;
        private final Linear down;

        Mlp(Parameters parameters, Gpt2Config config) {
            up = new Linear(parameters.at("c_fc"), config.nEmbd(), config.nInner(), Init.normal(config.initializerRange()));
            down = new Linear(parameters.at("c_proj"), config.nInner(), config.nEmbd(), residualInit(config));
        }

        Tensor forward(Tensor x, DType computeType) { // x: (B, T, C)
            var inner = Functional.geluNew(up.forward(x, computeType)); // (B, T, 4C)
            return down.forward(inner, computeType); // (B, T, C)
        }
    }
}
