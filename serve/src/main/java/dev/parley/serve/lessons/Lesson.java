package dev.parley.serve.lessons;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A lesson: whom it is for, what it was made of, and what came of it.
 *
 * @param id a number that grows
 * @param model its name as it is served
 * @param modelFingerprint of the files that it was made for: it fits no others
 * @param audience {@link #ALL}, or the identifier of the user whose answers alone it changes
 * @param feedback that it was made of
 * @param result once it is made
 * @param fault why it could not be made, if so
 * @param basedOn the lesson that it went on from, if it did
 */
public record Lesson(int id, String model, String modelFingerprint, String audience, LessonState state, Instant created,
        Optional<Instant> finished, Counts feedback, Optional<Result> result, Optional<String> fault, OptionalInt basedOn) {

    /** The audience of a lesson for everybody. */
    public static final String ALL = "all";

    static final int LONGEST_NAME = 300;

    /**
     * How much of each kind of feedback a lesson was made of.
     *
     * @param edits answers that somebody rewrote
     * @param pairs of which one was found better
     * @param replay answers of the model's own that were mixed in, against forgetting
     */
    public record Counts(int edits, int pairs, int thumbsUp, int thumbsDown, int replay) {

        /** None yet. */
        public static final Counts NONE = new Counts(0, 0, 0, 0, 0);

        /** @throws IllegalArgumentException if one is negative */
        public Counts {
            if (Math.min(Math.min(Math.min(edits, pairs), Math.min(thumbsUp, thumbsDown)), replay) < 0)
                throw new IllegalArgumentException("A lesson cannot be made of less than no feedback.");
        }
    }

    /**
     * A share of something, by the model as it was and with the lesson.
     *
     * @param name of what was counted, such as {@code edits}
     * @param before from 0 to 1
     * @param after from 0 to 1
     * @param of how many
     */
    public record Score(String name, double before, double after, int of) {

        /** @throws IllegalArgumentException if it is no share */
        public Score {
            if (name.isBlank() || name.length() > LONGEST_NAME || !isShare(before) || !isShare(after) || of < 0)
                throw new IllegalArgumentException("A score is a share from 0 to 1 of something with a name.");
        }

        private static boolean isShare(double value) {
            return value >= 0 && value <= 1;
        }
    }

    /**
     * A question with what was answered to it.
     *
     * @param prompt what was asked last
     * @param wanted what somebody wrote that should have been answered; empty where nobody did
     */
    public record Sample(String prompt, String before, String after, Optional<String> wanted) {

        static final int LONGEST = 20_000;

        /** Texts that are too long for a look are cut. */
        public Sample {
            prompt = cut(prompt);
            before = cut(before);
            after = cut(after);
            wanted = wanted.map(Sample::cut);
        }

        private static String cut(String text) {
            if (text.length() <= LONGEST) return text;
            var end = Character.isHighSurrogate(text.charAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST;
            return text.substring(0, end);
        }
    }

    /**
     * What came of a lesson.
     *
     * @param heldOut by the feedback that was kept out of it
     * @param probe by fixed questions that have nothing to do with it, where they were asked: it shows what was forgotten
     * @param seconds that it took
     */
    public record Result(List<Score> heldOut, Optional<Score> probe, List<Sample> samples, double seconds) {

        static final int MOST = 50;

        /** @throws IllegalArgumentException if there is too much of it, or the time is none */
        public Result {
            heldOut = List.copyOf(heldOut);
            samples = List.copyOf(samples);
            if (heldOut.size() > MOST || samples.size() > MOST)
                throw new IllegalArgumentException("A lesson has at most " + MOST + " scores and as many samples.");
            if (!(seconds >= 0 && seconds < Double.MAX_VALUE)) throw new IllegalArgumentException("A lesson takes some seconds.");
        }
    }

    /** @throws IllegalArgumentException if its number or a name is none */
    public Lesson {
        if (id < 1) throw new IllegalArgumentException("Lessons count from 1.");
        for (var name : List.of(model, modelFingerprint, audience)) {
            if (name.isBlank() || name.length() > LONGEST_NAME)
                throw new IllegalArgumentException(
                        "A lesson names its model and whom it is for, in at most " + LONGEST_NAME + " characters.");
        }
    }

    /** Whether it is for everybody. */
    public boolean isForAll() {
        return audience.equals(ALL);
    }

    /** Whether it is for the same model and the same people as another. */
    boolean replaces(Lesson other) {
        return other.id != id && other.model.equals(model) && other.audience.equals(audience);
    }

    /** The same further on. @throws LessonException if it cannot get there from where it is */
    Lesson become(LessonState next) {
        if (!state.mayBecome(next))
            throw new LessonException("Lesson " + id + " is " + state.label() + "; it cannot be " + next.label() + ".");
        return new Lesson(id, model, modelFingerprint, audience, next, created, finished, feedback, result, fault, basedOn);
    }

    Lesson of(Counts counts) {
        return new Lesson(id, model, modelFingerprint, audience, state, created, finished, counts, result, fault, basedOn);
    }

    Lesson made(Result made, Instant now) {
        return new Lesson(id, model, modelFingerprint, audience, state, created, Optional.of(now), feedback, Optional.of(made), fault,
                basedOn).become(LessonState.READY);
    }

    Lesson failed(String why, Instant now) {
        return new Lesson(id, model, modelFingerprint, audience, state, created, Optional.of(now), feedback, result, Optional.of(why),
                basedOn).become(LessonState.FAILED);
    }

    /** As {@code lesson.json} has it. */
    public ObjectNode json() {
        return LessonJson.of(this);
    }
}
