package dev.parley.assist.moderation;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Judges by one moderator, and by another where that fails: by a guard model, and else by rules. The judgement names who judged. */
public final class FallbackModerator implements Moderator {

    private final Moderator first;
    private final Moderator second;
    private final Consumer<String> note;
    private final AtomicReference<String> told = new AtomicReference<>("");

    /**
     * @param first is asked each time
     * @param second judges where the first fails
     * @param note is told of a failure in one sentence, once of several alike in a row
     */
    public FallbackModerator(Moderator first, Moderator second, Consumer<String> note) {
        this.first = first;
        this.second = second;
        this.note = note;
    }

    @Override
    public String name() {
        return first.name();
    }

    @Override
    public Judgement judge(String text) {
        return judged(() -> first.judge(text), () -> second.judge(text));
    }

    @Override
    public Judgement judgeAnswer(String message, String answer) {
        return judged(() -> first.judgeAnswer(message, answer), () -> second.judgeAnswer(message, answer));
    }

    private Judgement judged(Supplier<Judgement> one, Supplier<Judgement> other) {
        try {
            return one.get();
        } catch (RuntimeException e) {
            if (Thread.currentThread().isInterrupted()) throw e; // who asked has left
            tell(second.name() + " judges in place of " + first.name() + ": " + e.getMessage());
            return other.get();
        }
    }

    private void tell(String sentence) {
        if (!told.getAndSet(sentence).equals(sentence)) note.accept(sentence);
    }
}
