package dev.parley.serve.chat.running;

import dev.parley.serve.chat.history.ChatMessage;
import dev.parley.serve.chat.history.Messages;
import dev.parley.serve.chat.history.Status;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** Keeps a running answer in the database, a second or {@value #MANY} tokens behind at most, and tells its readers of the end once that is kept. */
final class AnswerWriter implements Runnable {

    static final int MANY = 64;

    private static final Duration OFTEN = Duration.ofSeconds(1);
    private static final int LAST_TRIES = 10;

    private final RunningAnswer answer;
    private final Messages messages;
    private final Consumer<String> note;
    private final Runnable whenKept;
    private final Duration often;
    private int saved;
    private int savedCharacters;

    /** @param whenKept is run when the whole is kept, before its readers are told: they may ask for more at once */
    AnswerWriter(RunningAnswer answer, Messages messages, Consumer<String> note, Runnable whenKept) {
        this(answer, messages, note, whenKept, OFTEN);
    }

    /** @param often after which time what has come is kept, and after which a database that failed is tried again */
    AnswerWriter(RunningAnswer answer, Messages messages, Consumer<String> note, Runnable whenKept, Duration often) {
        this.answer = answer;
        this.messages = messages;
        this.note = note;
        this.whenKept = whenKept;
        this.often = often;
    }

    @Override
    public void run() {
        var log = answer.log();
        try {
            while (!log.isComplete()) keep(log.awaitWork(saved, MANY, often));
            var ended = end(log.awaitWork(saved, MANY, Duration.ZERO));
            whenKept.run();
            log.end(ended);
            answer.account();
        } catch (InterruptedException e) {
            throw new IllegalStateException("Nobody interrupts the thread that keeps an answer.", e);
        }
    }

    private void keep(AnswerLog.Unsaved unsaved) throws InterruptedException {
        if (unsaved.to() == saved && unsaved.text().length() == savedCharacters) return;
        try {
            messages.keep(answer.message().id(), unsaved.text(), saved, unsaved.tokens());
            saved = unsaved.to();
            savedCharacters = unsaved.text().length();
        } catch (RuntimeException e) {
            note.accept("An answer could not be kept yet: " + e.getMessage());
            Thread.sleep(often);
        }
    }

    /** @return the message as its readers are told of it */
    private ChatMessage end(AnswerLog.Unsaved unsaved) throws InterruptedException {
        var ended = answer.ended(unsaved.text());
        for (int i = 1; ; i++) {
            try {
                messages.end(ended, saved, unsaved.tokens());
                return ended;
            } catch (RuntimeException e) {
                note.accept("An answer could not be kept: " + e.getMessage());
                if (i == LAST_TRIES) return lost(ended);
                Thread.sleep(often);
            }
        }
    }

    private static ChatMessage lost(ChatMessage ended) {
        var sentence = "The server's database could not keep this answer.";
        return ended.with(ended.text(), Status.FAILED, ended.answer().orElseThrow().ended(Optional.empty(), Optional.empty(), Optional.of(sentence)));
    }
}
