package dev.parley.train.recipe;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a run teaches. */
public enum Stage {

    /** Predicting the next token of texts: every token is a target. */
    PRETRAIN,

    /** Answering, by supervised fine-tuning on conversations: what the assistant says is a target. */
    SFT;

    /** Its name in a recipe. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Stage> of(String label) {
        return Arrays.stream(values()).filter(stage -> stage.label().equals(label)).findFirst();
    }
}
