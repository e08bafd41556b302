package dev.parley.serve.chat.running;

import dev.parley.serve.chat.history.Answer;
import dev.parley.serve.chat.history.ChatMessage;
import dev.parley.serve.chat.history.Messages;
import dev.parley.serve.chat.history.Status;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Keeps a running answer in the database, a second or {@value #MANY} tokens behind at most, and tells its readers of the end once that
 * is kept. A database that does not take the end is tried again, with the answer in memory, until it does or the server ends; readers
 * are told so after some tries.
 */
final class AnswerWriter implements Runnable {

    static final int MANY = 64;

    private static final Duration OFTEN = Duration.ofSeconds(1);
    private static final int TRIES_IN_SILENCE = 10;
    private static final int LONGEST_PAUSE = 30; // times the usual one

    private final RunningAnswer answer;
    private final Messages messages;
    private final String server;
    private final Consumer<String> note;
    private final Runnable whenKept;
    private final BooleanSupplier closed;
    private final Duration often;
    private int saved;
    private int savedCharacters;
    private int savedTurns;

    /**
     * @param server that writes the answer
     * @param whenKept is run when the whole is kept, before its readers are told: they may ask for more at once
     * @param closed whether the server has ended
     */
    AnswerWriter(RunningAnswer answer, Messages messages, String server, Consumer<String> note, Runnable whenKept, BooleanSupplier closed) {
        this(answer, messages, server, note, whenKept, closed, OFTEN);
    }

    /** @param often after which time what has come is kept, and after which a database that failed is tried again */
    AnswerWriter(RunningAnswer answer, Messages messages, String server, Consumer<String> note, Runnable whenKept, BooleanSupplier closed,
            Duration often) {
        this.answer = answer;
        this.messages = messages;
        this.server = server;
        this.note = note;
        this.whenKept = whenKept;
        this.closed = closed;
        this.often = often;
        savedTurns = answer.message().answer().flatMap(Answer::turn).isPresent() ? 1 : 0;
    }

    @Override
    public void run() {
        try {
            while (!answer.log().isComplete()) keep();
            answer.account();
            end();
        } catch (InterruptedException e) {
            throw new IllegalStateException("Nobody interrupts the thread that keeps an answer.", e);
        }
    }

    private void keep() throws InterruptedException {
        try {
            var unsaved = answer.log().awaitWork(saved, MANY, often);
            if (unsaved.turns() > savedTurns) messages.keepTurn(server, answer.message().id(), unsaved.turn().orElseThrow());
            savedTurns = unsaved.turns();
            if (unsaved.to() == saved && unsaved.text().length() == savedCharacters) return;
            messages.keep(server, answer.message().id(), unsaved.text(), saved, unsaved.tokens());
            saved = unsaved.to();
            savedCharacters = unsaved.text().length();
        } catch (RuntimeException | Error e) { // want of memory too: the answer goes on
            note.accept("An answer could not be saved yet: " + e.getMessage());
            Thread.sleep(often);
        }
    }

    private void end() throws InterruptedException {
        for (int i = 1;; i++) {
            try {
                var ended = tryEnd();
                whenKept.run();
                answer.kept();
                answer.log().end(ended);
                return;
            } catch (RuntimeException | Error e) {
                if (i == 1 || i == TRIES_IN_SILENCE) note.accept("An answer could not be saved: " + e.getMessage());
                if (i == TRIES_IN_SILENCE) answer.log().end(notYetKept());
                if (i >= TRIES_IN_SILENCE && closed.getAsBoolean()) return;
                Thread.sleep(often.multipliedBy(Math.clamp(i - TRIES_IN_SILENCE, 1, LONGEST_PAUSE)));
            }
        }
    }

    /** @return the message as its readers are told of it */
    private ChatMessage tryEnd() throws InterruptedException {
        var unsaved = answer.log().awaitWork(saved, MANY, Duration.ZERO);
        var ended = answer.ended(unsaved.text());
        return messages.end(server, ended, saved, unsaved.tokens()) ? ended
                : failed(ended, "This answer was deleted, or another server has continued it.");
    }

    private ChatMessage notYetKept() throws InterruptedException {
        return failed(answer.ended(answer.log().awaitWork(saved, MANY, Duration.ZERO).text()),
                "The database could not save this answer yet; the server keeps trying.");
    }

    private static ChatMessage failed(ChatMessage ended, String sentence) {
        return ended.with(ended.text(), Status.FAILED,
                ended.answer().orElseThrow().ended(Optional.empty(), Optional.empty(), Optional.of(sentence)));
    }
}
