package dev.parley.train.lesson;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a lesson came to. Its adapter lies in the folder that was named for it.
 *
 * @param heldOut what was not learned from, by kind: {@code answered} (paraphrases of corrected questions, answered as they were to be),
 *     {@code edits}, {@code pairs} and {@code thumbs} (the better answer is the likelier one)
 * @param probe percent: the mean probability of the right next token in a fixed set of plain questions and texts
 * @param samples of what was asked, as answered before and after
 * @param own answers of the model itself that were learned with the rest
 * @param steps of the optimiser
 * @param seconds of each part, in its order
 */
public record LessonOutcome(Map<String, Share> heldOut, Change probe, List<Sample> samples, int own, long steps,
        Map<String, Double> seconds) {

    /** @param before and after percent, or other numbers */
    public record Change(double before, double after) {}

    /**
     * A part of some cases.
     *
     * @param before so many were right
     * @param after so many are right now
     * @param of all
     */
    public record Share(int before, int after, int of) {

        @Override
        public String toString() {
            return before + " -> " + after + " of " + of;
        }
    }

    /**
     * A question with its answers.
     *
     * @param wanted what was to be answered; empty where it was not corrected
     */
    public record Sample(String prompt, String before, String after, Optional<String> wanted) {}
}
