package dev.parley.serve.chat.running;

import dev.parley.assist.AssistantException;
import dev.parley.assist.OutputForm;
import dev.parley.assist.tools.Consent;
import dev.parley.assist.turn.OpenAssistant;
import dev.parley.assist.turn.SmallTalk;
import dev.parley.assist.turn.TurnEvent;
import dev.parley.assist.turn.TurnRequest;
import dev.parley.assist.turn.TurnResult;
import dev.parley.assist.turn.TurnResult.Ending;
import dev.parley.assist.turn.TurnTools;
import dev.parley.knowledge.KnowledgeException;
import dev.parley.knowledge.Passage;
import dev.parley.knowledge.index.Language;
import dev.parley.serve.assistants.ServedResponder;
import dev.parley.serve.assistants.ServedResponder.Exchange;
import dev.parley.serve.chat.running.ChatEngine.Ended;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.ClientGone;
import dev.parley.tokenizer.Message;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A turn of an assistant that writes an answer of the web chat, on a thread of its own. The model's tokens are counted as the caller's
 * by each request to its engine. A turn that is stopped while it waits for something else, such as a tool that hangs, ends at once for
 * its readers; what comes of it later is dropped.
 */
final class TurnRun implements Runnable {

    private static final Duration TO_STOP = Duration.ofMillis(800); // for the engine, which knows how many tokens it has made

    /**
     * What is to be answered.
     *
     * @param turns of the conversation, the last of which it is
     * @param form that the answer is to keep
     */
    record Asked(List<Message> turns, Optional<OutputForm> form) {

        /** @throws ApiError if there is nothing to answer */
        Asked {
            if (turns.getLast().content().isBlank()) throw ApiError.badRequest("parent", "An empty message cannot be answered.");
        }
    }

    private final String assistant;
    private final OpenAssistant open;
    private final ServedResponder responder;
    private final UntilStopped presence;
    private final Asked question;
    private final ConversationSources sources;
    private final RunningAnswer to;
    private final TurnLog log;
    private final AtomicBoolean over = new AtomicBoolean();
    private final long asked = System.nanoTime();
    private Optional<Thread> waiting = Optional.empty(); // for something else than the engine; under this

    /**
     * @param assistant whom the answer is of; empty for a model
     * @param open stays the caller's
     * @param responder is closed at the end
     * @param presence of the responder
     */
    TurnRun(String assistant, OpenAssistant open, ServedResponder responder, UntilStopped presence, Asked question,
            ConversationSources sources, RunningAnswer to) {
        this.assistant = assistant;
        this.open = open;
        this.responder = responder;
        this.presence = presence;
        this.question = question;
        this.sources = sources;
        this.to = to;
        log = new TurnLog(assistant, to.log());
    }

    @Override
    public void run() {
        try (responder) {
            var tools = sources.tools(to.message().id(), log::asks);
            Consent consent = (source, tool, arguments) -> presence.isThere()
                    && log.decided(tools.consent().allows(source, tool, arguments));
            var result = open.ask(Optional.of(responder), request(), new TurnTools(tools.sources(), consent), this::on);
            if (over.getAndSet(true)) return;
            if (result.ending() == Ending.ANSWERED) responder.last().map(this::text).ifPresent(to::answered);
            to.end(ended(result));
        } catch (ClientGone | InterruptedException e) {
            cancelled();
        } catch (AssistantException | KnowledgeException | ApiError e) {
            fail(e.getMessage());
        } catch (RuntimeException | Error e) { // want of memory too: the answer must end
            fail("The answer could not continue: " + e.getMessage());
        }
    }

    private AnsweredText text(Exchange last) {
        return new AnsweredText(responder.model(), !assistant.isEmpty(), model -> new AnsweredText.Tokens(last.prompt(), last.answer()));
    }

    /** With the passages of the conversation's own documents. */
    private TurnRequest request() throws InterruptedException {
        var history = question.turns().subList(0, question.turns().size() - 1);
        var message = question.turns().getLast().content();
        waits(true);
        try {
            var passages = SmallTalk.is(message) ? List.<Passage>of()
                    : sources.passages(message, history, open.assistant().answerLanguage(Language.ofText(message).code()));
            return new TurnRequest(history, message, question.form(), passages);
        } finally {
            waits(false);
        }
    }

    /** While it waits for something else than the engine, stopping interrupts it. */
    private synchronized void waits(boolean now) throws ClientGone {
        waiting = now ? Optional.of(Thread.currentThread()) : Optional.empty();
        if (!now) Thread.interrupted(); // which was meant for what is over
        if (!presence.isThere()) throw new ClientGone();
    }

    private void on(TurnEvent event) {
        if (over.get() || !presence.isThere()) throw new ClientGone();
        log.on(event);
        if (event instanceof TurnEvent.Called) waits(true);
        if (event instanceof TurnEvent.Returned) waits(false);
    }

    /** Ends it where it is. */
    void stop() {
        presence.stop();
        synchronized (this) {
            waiting.ifPresent(Thread::interrupt);
        }
        Thread.startVirtualThread(() -> {
            try {
                Thread.sleep(TO_STOP);
            } catch (InterruptedException e) {
                throw new IllegalStateException("Nobody interrupts the thread that stops an answer.", e);
            }
            cancelled();
        });
    }

    private void cancelled() {
        if (!over.getAndSet(true)) to.end(ended("cancelled", responder.promptTokens(), responder.completionTokens(), 0));
    }

    private void fail(String sentence) {
        if (!presence.isThere()) cancelled(); // what goes wrong then comes of that
        else if (!over.getAndSet(true)) to.fail(sentence);
    }

    /** A fixed answer is whole. */
    private Ended ended(TurnResult result) {
        return result.usage().map(u -> ended(u.finishReason(), u.promptTokens(), u.completionTokens(), u.forgottenTurns()))
                .orElseGet(() -> ended("stop", 0, 0, 0));
    }

    private Ended ended(String finishReason, int promptTokens, int completionTokens, int forgottenTurns) {
        return new Ended(finishReason, promptTokens, completionTokens, (System.nanoTime() - asked) / 1e9, forgottenTurns);
    }
}
