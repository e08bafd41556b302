package dev.parley.serve.lessons;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** How far a lesson is. */
public enum LessonState {
    /** It is being made. */
    RUNNING,
    /** It can be put in use; also one in whose place another was. */
    READY,
    /** Its model answers with it. */
    IN_USE,
    /** It was in use, and was taken out of it; it can be put in use again. */
    REVOKED,
    /** It was thrown away: its adapter is gone. */
    DISCARDED,
    /** It could not be made. */
    FAILED;

    /** As files and the API name it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** By its name in files and in the API. */
    public static Optional<LessonState> of(String label) {
        return Stream.of(values()).filter(state -> state.label().equals(label)).findFirst();
    }

    /** Whether a lesson may go from here to there. */
    boolean mayBecome(LessonState next) {
        return following().contains(next);
    }

    private Set<LessonState> following() {
        return switch (this) {
            case RUNNING -> EnumSet.of(READY, FAILED);
            case READY, REVOKED -> EnumSet.of(IN_USE, DISCARDED);
            case IN_USE -> EnumSet.of(READY, REVOKED);
            case FAILED -> EnumSet.of(DISCARDED);
            case DISCARDED -> EnumSet.noneOf(LessonState.class);
        };
    }
}
