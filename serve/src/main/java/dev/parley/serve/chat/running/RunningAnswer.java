package dev.parley.serve.chat.running;

import dev.parley.serve.accounts.Caller;
import dev.parley.serve.accounts.Reservation;
import dev.parley.serve.chat.history.Answer;
import dev.parley.serve.chat.history.ChatMessage;
import dev.parley.serve.chat.history.Status;
import dev.parley.serve.chat.history.Texts;
import dev.parley.serve.chat.history.AnswerToken.Alternative;
import dev.parley.serve.chat.history.AnswerToken;
import dev.parley.serve.chat.running.Answerer.Ended;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** An answer that is being written. The models tell it what has come; it only takes notes, so that they need not wait. */
final class RunningAnswer implements Answerer.Listener {

    private final Caller caller;
    private final ChatMessage message;
    private final int begun;
    private final long asked = System.nanoTime();
    private final AnswerLog log;
    private final CountDownLatch kept = new CountDownLatch(1);
    private Optional<Answerer.Running> running = Optional.empty(); // under this
    private boolean stopped; // under this
    private volatile Optional<Reservation> reservation = Optional.empty();
    private volatile boolean interrupted;
    private volatile double firstTokenSeconds = -1;
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
        log = new AnswerLog(message);
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

    /** It is under way. */
    void begin(Answerer.Running begunNow) {
        boolean late;
        synchronized (this) {
            running = Optional.of(begunNow);
            late = stopped;
        }
        if (late) begunNow.cancel();
    }

    /** Asks it to end where it is. */
    void stop() {
        Optional<Answerer.Running> now;
        synchronized (this) {
            stopped = true;
            now = running;
        }
        now.ifPresent(Answerer.Running::cancel);
    }

    /** Asks it to end because the server does. */
    void interrupt() {
        interrupted = true;
        stop();
    }

    @Override
    public void onTokens(String text, List<AnswerToken> tokens) {
        log.add(Texts.clean(text), tokens.stream().map(RunningAnswer::clean).toList());
        if (firstTokenSeconds < 0 && log.tokenCount() > begun) firstTokenSeconds = seconds();
    }

    private static AnswerToken clean(AnswerToken token) {
        return new AnswerToken(token.id(), Texts.clean(token.text()), rounded(token.logprob()),
                token.top().stream().map(t -> new Alternative(t.id(), Texts.clean(t.text()), rounded(t.logprob()))).toList());
    }

    // Four digits are kept: more would fill the database, and nobody could see them.
    private static double rounded(double logprob) {
        return Double.isFinite(logprob) ? Math.rint(logprob * 1e4) / 1e4 : -9999;
    }

    @Override
    public void onEnd(Ended how) {
        ended = Optional.of(how);
        log.complete();
    }

    @Override
    public void onFailure(String sentence) {
        failure = Optional.of(sentence);
        log.complete();
    }

    private double seconds() {
        return (System.nanoTime() - asked) / 1e9;
    }

    @Override
    public long reserve(long prompt, long answers, boolean flexible) {
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
        var status = interrupted && cancelled ? Status.INTERRUPTED : failure.isPresent() ? Status.FAILED : cancelled ? Status.CANCELLED : Status.DONE;
        var reason = status == Status.DONE || status == Status.CANCELLED ? ended.map(Ended::finishReason) : Optional.<String>empty();
        return message.with(text, status, answer.ended(reason, ended.map(this::usage), status == Status.FAILED ? failure : Optional.empty()));
    }

    /** Where the time of the beginning is known the whole counts as written, else what it began with counts as read. */
    private Answer.Usage usage(Ended how) {
        var first = firstTokenSeconds < 0 ? how.seconds() : firstTokenSeconds;
        return message.answer().orElseThrow().usage()
                .map(before -> new Answer.Usage(how.promptTokens(), how.completionTokens(), rounded(before.seconds() + how.seconds()), before.firstTokenSeconds(), how.forgottenTurns()))
                .orElseGet(() -> new Answer.Usage(how.promptTokens() + begun, how.completionTokens() - begun, rounded(how.seconds()), rounded(first), how.forgottenTurns()));
    }
}
