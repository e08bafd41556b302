package dev.parley.torch;

import dev.parley.tensor.Functional;
import dev.parley.tensor.Tensor;

/**
 * What one pass to learn from drops. Its masks follow from one seed, in the order in which they are asked for, so that layers that run
 * again drop what they dropped before, and passes beside each other need no generator between them.
 */
final class Dropouts {

    /** Nothing is dropped. */
    static final Dropouts NONE = new Dropouts(false, 0);

    private static final long STEP = 0x9E3779B97F4A7C15L; // Steele et al. 2014, SplitMix: seeds apart by it are mixed well

    private final boolean atWork;
    private final long seed;
    private long drawn;

    private Dropouts(boolean atWork, long seed) {
        this.atWork = atWork;
        this.seed = seed;
    }

    static Dropouts of(long seed) {
        return new Dropouts(true, seed);
    }

    boolean atWork() {
        return atWork;
    }

    /** The next of its masks at work on activations. @param p part that is dropped */
    Tensor drop(Tensor x, double p) {
        return atWork && p > 0 ? Functional.dropout(x, p, seed + STEP * ++drawn) : x;
    }

    /** How many masks it has given. */
    long drawn() {
        return drawn;
    }

    /** Gives the masks again that followed then. */
    void goBackTo(long drawn) {
        this.drawn = drawn;
    }
}
