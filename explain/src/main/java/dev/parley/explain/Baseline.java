package dev.parley.explain;

import dev.parley.model.ModelConfig;
import dev.parley.tokenizer.Tokenizer;
import java.util.Optional;

/** The token that stands for nothing where another is taken away. */
final class Baseline {

    private Baseline() {}

    /**
     * A space, where it is one token: a model has seen it everywhere, so that a text with a word replaced by it stays a text that the
     * model can read. Without one, the token that ends texts.
     */
    static int of(ModelConfig config, Optional<Tokenizer> tokenizer) {
        var space = tokenizer.map(t -> t.encode(" ")).filter(ids -> ids.length == 1 && ids[0] < config.vocabSize());
        if (space.isPresent()) return space.get()[0];
        var end = tokenizer.map(Tokenizer::eosTokenId).filter(java.util.OptionalInt::isPresent).map(java.util.OptionalInt::getAsInt);
        return end.or(() -> config.eosTokenIds().stream().findFirst()).filter(id -> id < config.vocabSize()).orElse(0);
    }
}
