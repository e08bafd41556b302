package dev.parley.model;

import dev.parley.model.Parameters.Init;
import dev.parley.model.Parameters.Parameter;
import dev.parley.tensor.DType;
import dev.parley.tensor.Functional;
import dev.parley.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * GPT-2's decoder: embeddings of tokens and positions, a stack of {@link Block}s, a last norm. What comes out is, for
 * each token, a vector whose product with the token embeddings says what comes next (the tied head; Press and Wolf 2017,
 * arXiv:1608.05859).
 */
final class Transformer {

    private final Gpt2Config config;
    private final Parameter wte; // (V, C)
    private final Parameter wpe; // (nPositions, C)
    private final List<Block> blocks = new ArrayList<>();
    private final LayerNorm lnF;

    Transformer(Parameters parameters, Gpt2Config config) {
        this.config = config;
        var init = Init.normal(config.initializerRange());
        wte = parameters.at("wte").make("weight", init, config.vocabSize(), config.nEmbd());
        wpe = parameters.at("wpe").make("weight", init, config.nPositions(), config.nEmbd());
        for (int i = 0; i < config.nLayer(); i++) blocks.add(new Block(parameters.at("h").at("" + i), config, i));
        lnF = new LayerNorm(parameters.at("ln_f"), config);
    }

    /** The token embeddings, which are the head too. */
    Parameter wte() {
        return wte;
    }

    /** The embedding of each token. ids: (B, T); result: (B, T, C), float32. */
    Tensor embed(Tensor ids) {
        return Functional.embedding(ids, wte.value()).to(DType.FLOAT32);
    }

    /**
     * From embeddings to the vectors that the head reads.
     *
     * @param x token embeddings, (B, T, C)
     * @param positions of each token in its row, (B, T)
     * @param cache of the tokens before, or null
     * @return (B, T, C), of the compute type
     */
    Tensor forward(Tensor x, Tensor positions, Pass pass, KvCache cache) {
        x = x.add(Functional.embedding(positions, wpe.value()).to(DType.FLOAT32)); // (B, T, C)
        x = Functional.dropout(x, pass.training() ? config.embdPdrop() : 0);
        for (int i = 0; i < blocks.size(); i++) {
            x = blocks.get(i).forward(x, pass, cache == null ? null : cache.layer(i));
        }
        return lnF.forward(x, pass.computeType()); // (B, T, C)
    }

    /** Scores of every token as the next one. hidden: (…, C); result: (…, V), of the compute type. */
    Tensor head(Tensor hidden, DType computeType) {
        return hidden.matmul(wte.in(computeType).transpose(0, 1));
    }
}
