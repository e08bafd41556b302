package dev.parley.train.lesson;

/**
 * How far a lesson is.
 *
 * @param phase what is being done
 * @param done units of the phase
 * @param total of them; at least 1
 */
public record LessonProgress(Phase phase, long done, long total) {

    /** What a lesson is made of, in this order. */
    public enum Phase {

        /** The model answers as it is: what it is asked at the end, and other questions, whose answers are to stay. */
        BEFORE,

        /** The adapter learns. */
        LEARN,

        /** The model answers as it has become. */
        AFTER
    }
}
