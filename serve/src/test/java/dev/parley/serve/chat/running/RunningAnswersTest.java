package dev.parley.serve.chat.running;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.accounts.Caller;
import dev.parley.serve.accounts.Meter;
import dev.parley.serve.chat.history.Answer;
import dev.parley.serve.chat.history.ChatMessage;
import dev.parley.serve.chat.history.Conversation;
import dev.parley.serve.chat.history.Conversations;
import dev.parley.serve.chat.history.Draft;
import dev.parley.serve.chat.history.Messages;
import dev.parley.serve.chat.history.Role;
import dev.parley.serve.chat.history.Status;
import dev.parley.serve.chat.running.ChatEngine.Ended;
import dev.parley.serve.chat.running.RunningAnswers.Beginning;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.store.Database;
import dev.parley.serve.store.Databases;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Answers and their races, with an engine that does what the test says. */
@Timeout(60)
@ParameterizedClass
@EnumSource
class RunningAnswersTest {

    private static final String SERVER = "this";
    private static final Duration LONG = Duration.ofSeconds(50);

    @TempDir
    private Path folder;
    @Parameter
    private Databases kind;
    private Database database;
    private Conversations conversations;
    private Messages messages;
    private RunningAnswers answers;
    private Conversation conversation;
    private String question;
    private final FakeChatEngine models = new FakeChatEngine();
    private final AtomicLong spent = new AtomicLong();
    private final Caller ada = new Caller("ada", "Ada", (reserved, used) -> spent.addAndGet(used));
    private final List<String> notes = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void open() {
        database = kind.open(folder);
        conversations = new Conversations(database);
        messages = new Messages(database);
        answers = new RunningAnswers(models, messages, SERVER, notes::add);
        conversation = conversations.create("ada", Draft.EMPTY);
        question = messages.add("ada", conversation.id(), Optional.empty(), Role.USER, "Hi").id();
    }

    @AfterEach
    void close() {
        database.close();
    }

    private static ObjectNode none() {
        return JsonNodeFactory.instance.objectNode();
    }

    private String ask() {
        return answers.answer(ada, conversation.id(), question, Optional.empty(), none()).id();
    }

    private ChatMessage await(String id) {
        try {
            assertTrue(answers.log("ada", id).awaitEnd(LONG));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return messages.get("ada", id);
    }

    private static int status(Runnable refused) {
        return assertThrows(ApiError.class, refused::run).status();
    }

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
    void tokensAreCountedAsTheCallers() throws InterruptedException {
        var id = ask();
        models.jobs.getFirst().say(4);
        models.jobs.getFirst().end("stop");
        await(id);
        while (spent.get() == 0) Thread.sleep(5);
        assertEquals(3 + 4, spent.get());
    }

    @Test
    void lookingAtAttentionCountsWhatIsRead() throws InterruptedException {
        var id = ask();
        models.jobs.getFirst().say(2);
        models.jobs.getFirst().end("stop");
        await(id);
        while (spent.get() == 0) Thread.sleep(5);
        var before = spent.get();
        answers.attention(ada, id, 1);
        assertEquals(before + 1, spent.get());
    }

    @Test
    void whatAnAnswerMayComeToIsSetAsideUntilItHasEnded() throws InterruptedException {
        var aside = new AtomicLong();
        var limited = new Caller("ada", "Ada", new Meter() {
            @Override
            public long reserve(long prompt, long most, boolean flexible) {
                aside.addAndGet(prompt + most);
                return most;
            }

            @Override
            public void settle(long reserved, long used) {
                aside.addAndGet(-reserved);
            }
        });
        var answer = answers.answer(limited, conversation.id(), question, Optional.empty(), none());
        assertEquals(103, aside.get());
        models.jobs.getFirst().say(1);
        models.jobs.getFirst().fail("A fault.");
        await(answer.id());
        while (aside.get() != 0) Thread.sleep(5);
        models.beforeBegun(() -> conversations.delete("ada", conversation.id()));
        assertEquals(404, status(() -> answers.answer(limited, conversation.id(), question, Optional.empty(), none())));
        assertEquals(0, aside.get(), "what was not begun uses nothing");
    }

    @Test
    void whatIsRefusedLeavesNothing() {
        assertEquals(400, status(() -> answers.answer(ada, conversation.id(), question, Optional.empty(), none().put("refuse", true))));
        assertEquals(1, messages.all("ada", conversation.id()).size());
        assertEquals(Optional.of(question), conversations.get("ada", conversation.id()).current());
        assertEquals(List.of(), models.leases, "the model may leave");
    }

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
        assertEquals(2, answers.attention(ada, id, 1).answerFrom(), "the instruction and the question");
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
