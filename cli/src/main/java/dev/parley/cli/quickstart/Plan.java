package dev.parley.cli.quickstart;

import java.nio.file.Path;
import java.util.List;

/**
 * What a quickstart is asked to do, and the sizes that follow from it.
 *
 * @param out folder of the model to make
 * @param minutes the whole should take, tokenizer and scores included
 * @param seed of everything random
 * @param texts the user's own text; empty for WordNet alone
 * @param onlyTexts leave WordNet out
 */
record Plan(Path out, double minutes, long seed, List<Path> texts, boolean onlyTexts) {

    static final int VOCAB_SIZE = 1024;
    static final int CONTEXT = 256;
    static final int WIDTH = 256;
    static final int LAYERS = 3;
    static final int HEADS = 4;
    static final int ROWS = 4; // of CONTEXT tokens, in a step
    static final int CASES = 150; // of a kind, in the exam, at most

    /** Seconds that data, tokenizer, scores and report take on two cores, at least. */
    private static final double AROUND = 30;

    /** @throws IllegalArgumentException if the minutes make no sense */
    Plan {
        if (!(minutes >= 0.5 && minutes <= 100_000)) throw new IllegalArgumentException("--minutes " + minutes + " is not between 0.5 and 100000.");
        texts = List.copyOf(texts);
    }

    /** Seconds to spend on reading. */
    double pretrainSeconds() {
        return trainSeconds() * 0.42;
    }

    /** Seconds to spend on learning to chat. */
    double sftSeconds() {
        return trainSeconds() * 0.58;
    }

    private double trainSeconds() {
        return Math.max(minutes * 20, minutes * 58 - AROUND);
    }
}
