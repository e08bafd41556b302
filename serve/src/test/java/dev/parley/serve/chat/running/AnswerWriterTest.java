package dev.parley.serve.chat.running;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.serve.chat.history.Answer;
import dev.parley.serve.chat.history.ChatMessage;
import dev.parley.serve.chat.history.Status;
import dev.parley.serve.chat.running.ChatEngine.Ended;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** The end of an answer that cannot be saved at once: readers have it, and it is saved as soon as it can be. */
class AnswerWriterTest extends AnswersTest {

    /** An answer, whose end the database does not take, while the writer tries. */
    private CompletableFuture<Void> endWithoutDatabase(RunningAnswer answer, BooleanSupplier closed) throws InterruptedException {
        database.run(t -> t.update("alter table ratings rename to ratings_away"));
        answer.log().add("whole", List.of());
        answer.end(new Ended("stop", 3, 5, 1, 0));
        var writing = CompletableFuture.runAsync(
                new AnswerWriter(answer, messages, SERVER, notes::add, () -> {}, closed, Duration.ofMillis(1)), Thread::startVirtualThread);
        var told = assertEnd(answer);
        assertEquals(Status.FAILED, told.status());
        assertEquals("whole", told.text(), "readers have it");
        assertTrue(told.answer().flatMap(Answer::error).orElseThrow().contains("database"), told.toString());
        assertTrue(notes.getLast().startsWith("An answer could not be saved"), notes.toString());
        assertFalse(answer.awaitKept(Duration.ZERO));
        return writing;
    }

    @Test
    void anEndThatTheDatabaseDoesNotTakeIsKeptOnceItDoes() throws Exception {
        var id = ask();
        var answer = new RunningAnswer(ada, messages.get("ada", id), 0);
        var writing = endWithoutDatabase(answer, () -> false);
        database.run(t -> t.update("alter table ratings_away rename to ratings"));
        writing.get(50, TimeUnit.SECONDS);
        assertTrue(answer.awaitKept(Duration.ZERO));
        assertEquals(Status.DONE, messages.get("ada", id).status());
        assertEquals("whole", messages.get("ada", id).text());
        assertEquals(messages.get("ada", id), assertEnd(answer), "who asks now is told the end as it is");
        models.jobs.getFirst().end("stop");
    }

    @Test
    void aServerThatHasEndedTriesNoMore() throws Exception {
        var answer = new RunningAnswer(ada, messages.get("ada", ask()), 0);
        endWithoutDatabase(answer, () -> true).get(50, TimeUnit.SECONDS);
        models.jobs.getFirst().end("stop");
    }

    @Test
    void wantOfMemoryIsTriedAgainToo() throws Exception {
        var id = ask();
        var answer = new RunningAnswer(ada, messages.get("ada", id), 0);
        answer.end(new Ended("stop", 3, 5, 1, 0));
        var tries = new AtomicLong();
        CompletableFuture.runAsync(new AnswerWriter(answer, messages, SERVER, notes::add, () -> {
            if (tries.incrementAndGet() < 3) throw new OutOfMemoryError("of a test");
        }, () -> false, Duration.ofMillis(1)), Thread::startVirtualThread).get(50, TimeUnit.SECONDS);
        assertEquals(Status.DONE, assertEnd(answer).status());
        models.jobs.getFirst().end("stop");
    }

    private static ChatMessage assertEnd(RunningAnswer answer) {
        try {
            var piece = answer.log().next(Position.START, 100, LONG);
            while (piece.ended().isEmpty() && !piece.isEmpty()) piece = answer.log().next(piece.to(), 100, LONG);
            return piece.ended().orElseThrow();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
