package dev.parley.cli.quickstart;

import dev.parley.train.recipe.TrainingStage;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * What a quickstart is asked to do, and how its time is divided.
 *
 * @param out folder of the model to make
 * @param minutes the whole should take, tokenizer and scores included
 * @param steps of the optimiser in both stages together, instead of minutes: the same number and seed make the same model
 * @param seed of everything random
 * @param texts the user's own text; empty for WordNet alone
 * @param onlyTexts leave WordNet out
 */
record Plan(Path out, double minutes, OptionalLong steps, long seed, List<Path> texts, boolean onlyTexts) {

    static final int VOCAB_SIZE = 768;
    static final int CONTEXT = 256;
    static final int CASES = 150; // of a kind, in the exam, at most

    /** Seconds kept for what comes after training, and the part of all that they may be. */
    private static final double AFTER = 16;
    private static final double LARGEST_AFTER = 0.4;

    /** Seconds that pass before training: text, vocabulary, the look at the machine's speed. */
    private static final double BEFORE = 8;

    /** @throws IllegalArgumentException if the minutes or steps make no sense */
    Plan {
        if (!(minutes >= 0.5 && minutes <= 100_000))
            throw new IllegalArgumentException("--minutes " + minutes + " is not between 0.5 and 100000.");
        if (steps.isPresent() && (steps.getAsLong() < 2 || steps.getAsLong() > 1_000_000_000)) {
            throw new IllegalArgumentException("--steps " + steps.getAsLong() + " is not between 2 and 1000000000.");
        }
        texts = List.copyOf(texts);
    }

    /** What a run needs until it has ended. */
    Path work() {
        return out.resolve(".work");
    }

    /** Folder of the tokenizer that is learned first. */
    Path tokenizer() {
        return work().resolve("tokenizer");
    }

    /** Folder of a stage's checkpoints. */
    Path checkpoints(TrainingStage stage) {
        return work().resolve(stage.label());
    }

    /** How much was asked for, in words. */
    String asked() {
        return steps.isPresent() ? steps.getAsLong() + " steps" : minutes + " minutes";
    }

    /** Seconds for both stages of training. @param elapsed since the start */
    double trainSeconds(double elapsed) {
        var all = minutes * 60;
        return Math.max(all * 0.1, all - Math.min(AFTER, all * LARGEST_AFTER) - elapsed);
    }

    /** Minutes of a run that trains so long. */
    double minutesFor(double trainSeconds) {
        return (trainSeconds + AFTER + BEFORE) / 60;
    }
}
