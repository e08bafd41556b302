package dev.parley.train;

import java.util.Locale;

/** When to evaluate, to save or to log, as {@code eval_strategy}, {@code save_strategy} and {@code logging_strategy} name it. */
public enum IntervalStrategy {

    /** Not while the run goes on. */
    NO,
    /** After every so many steps. */
    STEPS,
    /** At the end of each epoch. */
    EPOCH,
    /** Whenever an evaluation is the best so far; of saving alone. */
    BEST;

    /** Its name in a recipe. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
