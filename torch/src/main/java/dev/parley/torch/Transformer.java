package dev.parley.torch;

import dev.parley.kernels.DType;
import dev.parley.model.ModelConfig;
import dev.parley.tensor.Functional;
import dev.parley.tensor.Tensor;
import dev.parley.torch.Parameters.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The decoder: embeddings of tokens, a stack of {@link Block}s, a last norm. What comes out is, for each token, a vector whose
 * product with the head says what comes next. The head may be the token embeddings (Press and Wolf 2017, arXiv:1608.05859).
 */
final class Transformer {

    private final ModelConfig config;
    private final Parameter tokens; // (V, C)
    private final Optional<Parameter> positions; // (maxPositionEmbeddings, C)
    private final List<Block> blocks = new ArrayList<>();
    private final Norm lastNorm;
    private final Parameter head; // (V, C)

    Transformer(Parameters parameters, ModelConfig config) {
        this.config = config;
        var blueprint = config.blueprint();
        tokens = parameters.get(blueprint.embedding().tokens());
        positions = blueprint.embedding().positions().map(parameters::get);
        for (var layer : blueprint.layers()) blocks.add(new Block(parameters, layer, config.dropout()));
        lastNorm = Norm.of(parameters, blueprint.head().norm());
        head = parameters.get(blueprint.head().weight());
    }

    /** The token embeddings. */
    Parameter tokens() {
        return tokens;
    }

    /** What the last vectors are multiplied by; the token embeddings where they are tied. */
    Parameter head() {
        return head;
    }

    /** The embedding of each token. ids: (B, T); result: (B, T, C), float32. */
    Tensor embed(int[][] ids) {
        return tokens.rows(ids);
    }

    /**
     * From embeddings to the vectors that the head reads.
     *
     * @param x token embeddings, (B, T, C)
     * @param at position of each token in its row, (B, T)
     * @param cache of the tokens before, or null
     * @return (B, T, C), of the compute type
     */
    Tensor forward(Tensor x, Tensor at, ForwardContext pass, KvCache cache) {
        if (positions.isPresent()) x = x.add(Functional.embedding(at, positions.get().value()).to(DType.FLOAT32)); // (B, T, C)
        x = Functional.dropout(x, pass.training() ? config.dropout().embedding() : 0);
        for (int i = 0; i < blocks.size(); i++) {
            x = blocks.get(i).forward(x, pass, cache == null ? null : cache.layer(i));
        }
        return lastNorm.forward(x, pass.computeType()); // (B, T, C)
    }

    /** Scores of every token as the next one. hidden: (…, C); result: (…, V), of the compute type. */
    Tensor scores(Tensor hidden, DType computeType) {
        return hidden.matmul(head.in(computeType).transpose(0, 1));
    }
}
