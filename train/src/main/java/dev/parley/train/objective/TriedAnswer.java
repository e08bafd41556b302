package dev.parley.train.objective;

import dev.parley.model.TrainingRow;

/**
 * An answer that was tried, as it is learned from.
 *
 * @param ids of prompt and answer
 * @param labels of which the model's own tokens are targets
 * @param advantage by how much it is better than the others to its question
 * @param counts whether it is learned from: not where it was cut off and that is asked for
 * @param old ln p of each target when it was sampled; empty as long as that is what it is now
 * @param reference ln p of each target by the reference; empty where there is none
 */
record TriedAnswer(int[] ids, int[] labels, double advantage, boolean counts, double[] old, double[] reference) {

    TrainingRow row() {
        return TrainingRow.of(ids, labels);
    }

    /** Tokens that count. */
    int tokens() {
        return counts ? row().targets() : 0;
    }

    TriedAnswer withOld(double[] logprobs) {
        return new TriedAnswer(ids, labels, advantage, counts, logprobs, reference);
    }

    TriedAnswer withReference(double[] logprobs) {
        return new TriedAnswer(ids, labels, advantage, counts, old, logprobs);
    }

    ClippedToken token(int i, double now) {
        return new ClippedToken(now, old.length == 0 ? now : old[i], reference.length == 0 ? now : reference[i], advantage);
    }
}
