package dev.parley.serve.chat.running;

import dev.parley.serve.accounts.Caller;
import dev.parley.serve.accounts.Reservation;
import dev.parley.serve.chat.history.Answer;
import dev.parley.serve.chat.history.AnswerToken;
import dev.parley.serve.chat.history.ChatMessage;
import dev.parley.serve.chat.history.Status;
import dev.parley.serve.chat.running.ChatEngine.Ended;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** An answer that is being written: who asked for it, what has come of it, and how it ended. Nothing here makes the engine wait. */
final class RunningAnswer {

    private final Caller caller;
    private final ChatMessage message;
    private final int begun;
    private final AnswerLog log;
    private final CountDownLatch kept = new CountDownLatch(1);
    private Optional<Runnable> running = Optional.empty(); // under this
    private boolean stopped; // under this
    private volatile Optional<Reservation> reservation = Optional.empty();
    private volatile Optional<AnsweredText> turn = Optional.empty();
    private volatile boolean interrupted;
    private volatile Optional<Ended> ended = Optional.empty();
    private volatile Optional<String> failure = Optional.empty();

    /**
     * @param caller who asked
     * @param message as it was when it began; of one that goes on, as it had ended
     * @param begun how many tokens it begins with
     */
    RunningAnswer(Caller caller, ChatMessage message, int begun) {
        this.caller = caller;
        this.message = message;
        this.begun = begun;
        log = new AnswerLog(message, begun);
    }

    Caller caller() {
        return caller;
    }

    String owner() {
        return caller.id();
    }

    ChatMessage message() {
        return message;
    }

    AnswerLog log() {
        return log;
    }

    /** It is under way. @param cancel ends it */
    void begin(Runnable cancel) {
        boolean late;
        synchronized (this) {
            running = Optional.of(cancel);
            late = stopped;
        }
        if (late) cancel.run();
    }

    /** Asks it to end where it is. */
    void stop() {
        Optional<Runnable> now;
        synchronized (this) {
            stopped = true;
            now = running;
        }
        now.ifPresent(Runnable::run);
    }

    /** Asks it to end because the server does. */
    void interrupt() {
        interrupted = true;
        stop();
    }

    /** What a model was given for the turn that this is, and gave. */
    void answered(AnsweredText text) {
        turn = Optional.of(text);
    }

    /** The same; empty where no model answered, or it is no turn. */
    Optional<AnsweredText> answered() {
        return turn;
    }

    /** The engine has ended it. */
    void end(Ended how) {
        ended = Optional.of(how);
        log.complete();
    }

    /** A fault has ended it. @param sentence for the reader */
    void fail(String sentence) {
        failure = Optional.of(sentence);
        log.complete();
    }

    /**
     * Sets tokens aside before the model is asked, as a {@link dev.parley.serve.accounts.Meter} does.
     *
     * @return how many tokens may be generated
     */
    long reserve(long prompt, long answers, boolean flexible) {
        var granted = caller.reserve(prompt, answers, flexible);
        reservation = Optional.of(granted);
        return granted.answers();
    }

    /** Counts what it used, once it has ended, as the caller's. */
    void account() {
        reservation.ifPresent(r -> r.settle(ended.map(how -> (long) how.promptTokens() + how.completionTokens())
                .orElseGet(() -> r.prompt() + log.tokenCount() - begun)));
    }

    /** Its end is in the database, or is not to be. */
    void kept() {
        kept.countDown();
    }

    /** Waits for {@link #kept}. @return whether it has come */
    boolean awaitKept(Duration patience) throws InterruptedException {
        return kept.await(patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** It was not begun, and uses nothing. */
    void giveBack() {
        reservation.ifPresent(r -> r.settle(0));
    }

    /** The message as it ended. @param text all of it */
    ChatMessage ended(String text) {
        var answer = message.answer().orElseThrow();
        var cancelled = ended.isEmpty() || ended.get().finishReason().equals("cancelled");
        var status = interrupted && cancelled ? Status.INTERRUPTED
                : failure.isPresent() ? Status.FAILED : cancelled ? Status.CANCELLED : Status.DONE;
        var reason = status == Status.DONE || status == Status.CANCELLED ? ended.map(Ended::finishReason) : Optional.<String>empty();
        return message.with(text, status,
                answer.ended(reason, ended.map(this::usage), status == Status.FAILED ? failure : Optional.empty())
                        .withTurn(log.turn()));
    }

    /** Where the time of the beginning is known the whole counts as written, else what it began with counts as read. */
    private Answer.Usage usage(Ended how) {
        var first = log.firstTokenSeconds().orElse(how.seconds());
        return message.answer().orElseThrow().usage()
                .map(before -> new Answer.Usage(how.promptTokens(), how.completionTokens(),
                        AnswerToken.rounded(before.seconds() + how.seconds()), before.firstTokenSeconds(), how.forgottenTurns()))
                .orElseGet(() -> new Answer.Usage(how.promptTokens() + begun, how.completionTokens() - begun,
                        AnswerToken.rounded(how.seconds()), AnswerToken.rounded(first), how.forgottenTurns()));
    }
}
