package dev.parley.serve.chat.running;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.parley.serve.chat.history.Answer;
import dev.parley.serve.chat.history.Status;
import dev.parley.serve.chat.running.RunningAnswers.Beginning;
import dev.parley.serve.http.ApiError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Answers that go on where they ended, are tried again, or branch off, and their races. */
class ContinuedAnswersTest extends AnswersTest {

    @Test
    void ofTwoWhoGoOnAtOnceOneDoes() throws Exception {
        var id = ask();
        models.jobs.getFirst().say(2);
        models.jobs.getFirst().end("length");
        await(id);
        var tries = new ArrayList<CompletableFuture<Boolean>>();
        for (int i = 0; i < 8; i++) tries.add(CompletableFuture.supplyAsync(() -> {
            try {
                answers.goOn(ada, conversation.id(), id, Optional.empty(), none());
                return true;
            } catch (ApiError e) {
                assertEquals(409, e.status());
                return false;
            }
        }));
        var done = 0;
        for (var one : tries) if (one.get(50, TimeUnit.SECONDS)) done++;
        assertEquals(1, done);
        assertEquals(2, models.jobs.size(), "the others were refused before a model was asked");
        models.jobs.getLast().say(3);
        models.jobs.getLast().end("stop");
        var whole = await(id);
        assertEquals("xxxxx", whole.text());
        assertEquals(2, whole.answer().flatMap(Answer::usage).orElseThrow().seconds(), "of both times");
        assertEquals(5, messages.tokens("ada", id).tokens().size());
        assertEquals(400, status(() -> answers.goOn(ada, conversation.id(), id, Optional.empty(), none())), "it has come to its end");
    }

    @Test
    void whoIsToldOfTheEndCanGoOnAtOnce() {
        var id = ask();
        for (int i = 0; i < 200; i++) {
            models.jobs.getLast().say(1);
            models.jobs.getLast().end("length");
            await(id);
            answers.goOn(ada, conversation.id(), id, Optional.empty(), none());
        }
        models.jobs.getLast().end("stop");
        assertEquals("x".repeat(200), await(id).text());
    }

    @Test
    void whoReadsAnAnswerThatThenCannotGoOnIsToldItsEnd() throws InterruptedException {
        var id = ask();
        models.jobs.getFirst().say(2);
        models.jobs.getFirst().end("length");
        await(id);
        var logs = new ArrayList<AnswerLog>();
        models.beforeBegun(() -> logs.add(answers.log("ada", id)));
        models.beforeBegun(() -> conversations.delete("ada", conversation.id()));
        assertEquals(404, status(() -> answers.goOn(ada, conversation.id(), id, Optional.empty(), none())));
        assertEquals(Status.DONE, logs.getFirst().next(new Position(2, 2, false), 9, LONG).ended().orElseThrow().status());
        answers.finish(LONG);
        conversations.restore("ada", conversation.id());
        assertEquals("xx", messages.get("ada", id).text());
        assertEquals(Status.DONE, messages.get("ada", id).status());
    }

    @Test
    void aFaultIsASentenceAndCanBeTriedAgainInPlace() {
        var id = ask();
        models.jobs.getFirst().say(2);
        models.jobs.getFirst().fail("The memory did not do.");
        var failed = await(id);
        assertEquals(Status.FAILED, failed.status());
        assertEquals(Optional.of("The memory did not do."), failed.answer().flatMap(Answer::error));
        assertEquals("xx", failed.text());
        answers.goOn(ada, conversation.id(), id, Optional.empty(), none());
        models.jobs.getLast().say(1);
        models.jobs.getLast().end("stop");
        assertEquals("xxx", await(id).text());
        assertEquals(Optional.empty(), messages.get("ada", id).answer().flatMap(Answer::error));
    }

    @Test
    void aBranchBeginsWithTheTokensThatWereAndTheOneThatCouldHaveBeen() {
        var id = ask();
        models.jobs.getFirst().say(4);
        models.jobs.getFirst().end("stop");
        await(id);
        var branch = answers.branch(ada, conversation.id(), new Beginning(id, 2, 99), Optional.empty(), none());
        assertEquals(List.of(0, 1, 99), models.jobs.getLast().question.begun().stream().map(t -> t.id()).toList());
        models.jobs.getLast().say(1);
        models.jobs.getLast().end("stop");
        assertEquals("xxyx", await(branch.id()).text());
        assertEquals("xxxx", messages.get("ada", id).text());
        assertEquals(400, status(() -> answers.branch(ada, conversation.id(), new Beginning(id, 2, 98), Optional.empty(), none())));
        assertEquals(400, status(() -> answers.branch(ada, conversation.id(), new Beginning(id, 4, 99), Optional.empty(), none())));
        assertEquals(400, status(() -> answers.branch(ada, conversation.id(), new Beginning(id, 2, 99), Optional.of("other"), none())));
    }
}
