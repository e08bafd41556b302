package dev.parley.serve.chat.running;

import dev.parley.assist.AssistantException;
import dev.parley.assist.turn.TurnEvent;
import dev.parley.assist.turn.TurnRequest;
import dev.parley.assist.turn.TurnResult;
import dev.parley.knowledge.KnowledgeException;
import dev.parley.serve.assistants.ServedAssistants.Served;
import dev.parley.serve.assistants.ServedResponder;
import dev.parley.serve.chat.running.ChatEngine.Ended;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.ClientGone;
import dev.parley.serve.models.ModelPool;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A turn of an assistant that writes an answer of the web chat, on a thread of its own. The model's tokens are counted as the caller's
 * by each request to its engine. A turn that is stopped while it waits for something else, such as a tool that hangs, ends at once for
 * its readers; what comes of it later is dropped.
 */
final class TurnRun implements Runnable {

    private static final Duration TO_STOP = Duration.ofMillis(800); // for the engine, which knows how many tokens it has made

    private final Served assistant;
    private final TurnRequest request;
    private final RunningAnswer to;
    private final TurnLog log;
    private final UntilStopped presence = new UntilStopped();
    private final ServedResponder responder;
    private final AtomicBoolean over = new AtomicBoolean();
    private final long asked = System.nanoTime();

    TurnRun(Served assistant, ModelPool models, TurnRequest request, RunningAnswer to) {
        this.assistant = assistant;
        this.request = request;
        this.to = to;
        log = new TurnLog(assistant.name(), to.log());
        responder = new ServedResponder(models, assistant.model(), to.caller(), presence);
    }

    @Override
    public void run() {
        try (responder) {
            var result = assistant.open().ask(Optional.of(responder), request, this::on);
            if (!over.getAndSet(true)) to.end(ended(result));
        } catch (ClientGone e) {
            cancelled();
        } catch (AssistantException | KnowledgeException | ApiError e) {
            fail(e.getMessage());
        } catch (RuntimeException | Error e) { // want of memory too: the answer must end
            fail("The assistant could not continue: " + e.getMessage());
        }
    }

    private void on(TurnEvent event) {
        if (over.get() || !presence.isThere()) throw new ClientGone();
        log.on(event);
    }

    /** Ends it where it is. */
    void stop() {
        presence.stop();
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
        if (!over.getAndSet(true)) to.fail(sentence);
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
