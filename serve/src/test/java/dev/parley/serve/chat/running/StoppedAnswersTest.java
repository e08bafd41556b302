package dev.parley.serve.chat.running;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.serve.chat.history.Answer;
import dev.parley.serve.chat.history.Status;
import dev.parley.serve.http.ApiError;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Answers that are stopped: by who asked, with their conversation, or because the server ends. */
class StoppedAnswersTest extends AnswersTest {

    @Test
    void anAnswerToADeletedConversationIsStoppedAndNotKept() {
        models.beforeBegun(() -> conversations.delete("ada", conversation.id()));
        assertEquals(404, status(this::ask));
        assertTrue(models.jobs.getFirst().cancelled);
        conversations.restore("ada", conversation.id());
        assertEquals(1, messages.all("ada", conversation.id()).size());
    }

    @Test
    void whatIsAskedToStopBeforeItIsUnderWayStopsThen() {
        models.beforeBegun(() -> answers.stopAll(conversation.id()));
        assertEquals(Status.CANCELLED, await(ask()).status());
    }

    @Test
    void stoppingWhatHasEndedChangesNothing() {
        var id = ask();
        models.jobs.getFirst().say(1);
        models.jobs.getFirst().end("stop");
        var ended = await(id);
        answers.stop("ada", id);
        assertEquals(ended, messages.get("ada", id));
        assertEquals(404, status(() -> answers.stop("bob", id)));
    }

    @Test
    void nobodyElseStopsOrReadsAnAnswer() {
        var id = ask();
        assertEquals(404, status(() -> answers.stop("bob", id)));
        assertEquals(404, status(() -> answers.log("bob", id)));
        assertFalse(models.jobs.getFirst().cancelled);
        models.jobs.getFirst().end("stop");
        await(id);
    }

    @Test
    void aServerThatIsStoppedFinishesWhatRunsAndBeginsNothing() throws Exception {
        var id = ask();
        var finish = CompletableFuture.runAsync(() -> answers.finish(LONG));
        while (true) { // until it has begun to finish
            try {
                ask();
                models.jobs.getLast().end("stop");
            } catch (ApiError e) {
                assertEquals(503, e.status());
                break;
            }
        }
        assertFalse(finish.isDone());
        models.jobs.getFirst().end("stop");
        finish.get(50, TimeUnit.SECONDS);
        assertEquals(Status.DONE, messages.get("ada", id).status());
    }

    @Test
    void whatDoesNotFinishInTimeIsInterrupted() {
        var id = ask();
        models.jobs.getFirst().say(5);
        answers.finish(Duration.ofMillis(10));
        var left = messages.get("ada", id);
        assertEquals(Status.INTERRUPTED, left.status());
        assertEquals("xxxxx", left.text());
        assertEquals(Optional.empty(), left.answer().flatMap(Answer::finishReason));
    }
}
