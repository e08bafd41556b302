package dev.parley.serve.chat.running;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.serve.accounts.Caller;
import dev.parley.serve.chat.history.Answer;
import dev.parley.serve.chat.history.Draft;
import dev.parley.serve.chat.history.Role;
import dev.parley.serve.chat.history.Status;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Answers from the question to their end. */
class RunningAnswersTest extends AnswersTest {

    @Test
    void whatHasComeIsKeptWhileMoreComes() throws InterruptedException {
        var id = ask();
        models.jobs.getFirst().say(AnswerWriter.MANY);
        while (messages.get("ada", id).text().length() < AnswerWriter.MANY) Thread.sleep(5);
        models.jobs.getFirst().say(3); // few: kept a second later
        while (messages.get("ada", id).text().length() < AnswerWriter.MANY + 3) Thread.sleep(5);
        assertEquals(AnswerWriter.MANY + 3, messages.tokens("ada", id).tokens().size());
        assertEquals(Status.RUNNING, messages.get("ada", id).status());
        models.jobs.getFirst().end("stop");
        assertEquals(Status.DONE, await(id).status());
        assertEquals("x".repeat(AnswerWriter.MANY + 3), messages.get("ada", id).text());
    }

    @Test
    void theEndIsToldOnceItIsKept() throws InterruptedException {
        var id = ask();
        models.jobs.getFirst().say(2);
        models.jobs.getFirst().end("length");
        var told = answers.log("ada", id).next(new Position(2, 2, false), 9, LONG).ended().orElseThrow();
        assertEquals(told, messages.get("ada", id));
        assertEquals(Optional.of("length"), told.answer().flatMap(Answer::finishReason));
        assertEquals(2, told.answer().flatMap(Answer::usage).orElseThrow().completionTokens());
    }

    @Test
    void whatIsRefusedLeavesNothing() {
        assertEquals(400, status(() -> answers.answer(ada, conversation.id(), question, Optional.empty(), none().put("refuse", true))));
        assertEquals(1, messages.all("ada", conversation.id()).size());
        assertEquals(Optional.of(question), conversations.get("ada", conversation.id()).current());
        assertTrue(models.leases.isEmpty(), "the model may leave");
    }

    @Test
    void whatIsStillBeingWrittenIsNotAnswered() {
        var id = ask();
        var more = messages.add("ada", conversation.id(), Optional.of(id), Role.USER, "And?").id();
        assertEquals(409, status(() -> answers.answer(ada, conversation.id(), more, Optional.empty(), none())));
        models.jobs.getFirst().end("stop");
        await(id);
        models.jobs.clear();
        var next = answers.answer(ada, conversation.id(), more, Optional.empty(), none()).id();
        assertEquals(3, models.jobs.getFirst().question.messages().size());
        models.jobs.getFirst().end("stop");
        await(next);
    }

    @Test
    void theInstructionOfAnAnswerIsTheOneThatItHad() throws InterruptedException {
        var told = new Draft(Optional.empty(), Optional.empty(), Optional.empty(), Optional.of("Be brief."), Optional.empty(),
                Optional.empty());
        var id = answers.answer(ada, conversations.change("ada", conversation.id(), told).id(), question, Optional.empty(), none()).id();
        models.jobs.getFirst().say(2);
        models.jobs.getFirst().end("stop");
        await(id);
        conversations.change("ada", conversation.id(),
                new Draft(Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(""), Optional.empty(), Optional.empty()));
        var tokens = answers.answered("ada", id).in(null); // the engine of this test needs no model
        assertEquals(2, tokens.prompt().length, "the instruction and the question");
        assertEquals(2, tokens.answer().length);
    }

    @Test
    void oneOwnerCannotTakeAllPlaces() {
        for (int i = 0; i < RunningAnswers.MOST; i++) ask();
        assertEquals(429, status(this::ask));
        assertEquals(RunningAnswers.MOST, models.leases.size(), "who was refused keeps no model");
        var bobs = conversations.create("bob", Draft.EMPTY);
        var asked = messages.add("bob", bobs.id(), Optional.empty(), Role.USER, "Hi").id();
        answers.answer(new Caller("bob", "Bob"), bobs.id(), asked, Optional.empty(), none());
        assertEquals(RunningAnswers.MOST + 1, models.jobs.size());
        answers.finish(Duration.ZERO);
    }
}
