package dev.parley.assist.moderation;

/** Judges texts. Threads may share it. */
public interface Moderator {

    /** The name that clients are told. */
    String name();

    /** How much of each kind of harm a text holds. */
    Judgement judge(String text);

    /**
     * How much of each kind of harm an answer holds. What an answer means may depend on the message that it answers, for moderators that
     * can tell.
     *
     * @param message that was answered; may be empty
     */
    default Judgement judgeAnswer(String message, String answer) {
        return judge(answer);
    }
}
