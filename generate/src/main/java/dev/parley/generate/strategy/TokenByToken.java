package dev.parley.generate.strategy;

import dev.parley.model.InferenceSession.Output;
import java.util.List;

/** One token after the other: the likeliest, or one that is drawn. */
final class TokenByToken extends Strategy {

    private final GeneratedText text;
    private final boolean usesCache;

    /** @param usesCache whether what was read is kept for the next token; the text is the same */
    TokenByToken(GeneratedText text, boolean usesCache) {
        super(List.of(new Branch(text)));
        this.text = text;
        this.usesCache = usesCache;
    }

    @Override
    public boolean mayShare() {
        return usesCache;
    }

    @Override
    public int choose(List<Output> outputs) {
        var scores = outputs.getFirst().scores();
        text.take(scores[scores.length - 1]);
        if (!usesCache) release();
        return 1;
    }

    @Override
    public List<GeneratedText> texts() {
        return List.of(text);
    }
}
