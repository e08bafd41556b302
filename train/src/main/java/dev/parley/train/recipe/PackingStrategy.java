package dev.parley.train.recipe;

import java.util.Locale;

/** How texts are put into rows, under the names of TRL's {@code packing_strategy}. */
enum PackingStrategy {

    /** Best-fit decreasing: whole documents side by side that do not see each other. */
    BFD,

    /** One stream of all texts, cut into rows of one length, as GPT-2 and nanoGPT read theirs. */
    WRAPPED;

    /** Its name in a recipe. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
