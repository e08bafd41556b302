package dev.parley.serve.chat.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.serve.chat.history.AnswerToken.Alternative;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.store.Database;
import dev.parley.serve.store.Databases;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Execution(ExecutionMode.CONCURRENT)
class MessagesTest {

    @TempDir
    private Path folder;
    private static final String SERVER = "this";
    private Optional<Database> database = Optional.empty();
    private Conversations conversations;
    private Messages messages;
    private String conversation;

    private void open(Databases kind) {
        database = Optional.of(kind.open(folder));
        conversations = new Conversations(database.get());
        messages = new Messages(database.get());
        conversation = conversations.create("ada", Draft.EMPTY).id();
    }

    @AfterEach
    void close() {
        database.ifPresent(Database::close);
    }

    private ChatMessage say(ChatMessage parent, Role role, String text) {
        return messages.add("ada", conversation, Optional.ofNullable(parent).map(ChatMessage::id), role, text);
    }

    private ChatMessage running(ChatMessage question) {
        var answer = new ChatMessage("answer", conversation, Optional.of(question.id()), Role.ASSISTANT, "", 5, Status.RUNNING,
                Optional.of(Answer.begun("tiny", "Be brief.", JsonNodeFactory.instance.objectNode())), 0, "");
        messages.begin("ada", answer, SERVER);
        return answer;
    }

    private static StoredTokens tokens(int from, int to) {
        return new StoredTokens(
                IntStream.range(from, to)
                        .mapToObj(
                                i -> new AnswerToken(i, "t" + i + "\u0000\uFFFD🌱", -i / 4.0, List.of(new Alternative(i + 1, "\"", -9999))))
                        .toList(),
                IntStream.range(from, to).boxed().toList());
    }

    @ParameterizedTest
    @EnumSource
    void messagesWithTheSameParentAreBranches(Databases kind) {
        open(kind);
        var question = say(null, Role.USER, "Is a dog an animal?");
        var yes = say(question, Role.ASSISTANT, "Yes.");
        var no = say(question, Role.ASSISTANT, "No.");
        var why = say(no, Role.USER, "Why?");
        var edited = say(null, Role.USER, "Is a cat?");
        assertEquals(List.of(question, no, why), messages.path("ada", why.id()));
        assertEquals(List.of(question, yes), messages.path("ada", yes.id()));
        assertEquals(List.of(edited), messages.path("ada", edited.id()));
        assertEquals(List.of(question, yes, no, why, edited), messages.all("ada", conversation));
        assertEquals(Optional.of(edited.id()), conversations.get("ada", conversation).current());
    }

    @ParameterizedTest
    @EnumSource
    void theFirstThatAUserSaysNamesTheConversation(Databases kind) {
        open(kind);
        say(null, Role.USER, "  Please tell me all that there is to know about the great\ndogs");
        assertEquals("Please tell me all that there is to know about the great", conversations.get("ada", conversation).title());
        say(null, Role.USER, "And cats");
        assertEquals("Please tell me all that there is to know about the great", conversations.get("ada", conversation).title());
    }

    @Test
    void aLongBeginningIsCutAtAWordAndNeverInACharacter() {
        assertEquals("a".repeat(50) + "…", Texts.titleOf("a".repeat(50) + " " + "b".repeat(50)));
        assertEquals("a".repeat(59) + "…", Texts.titleOf("a".repeat(59) + "🌱".repeat(20)));
        assertEquals("", Texts.titleOf(" \n "));
    }

    @ParameterizedTest
    @EnumSource
    void whatHasComeOfAnAnswerIsKeptPieceByPiece(Databases kind) {
        open(kind);
        var answer = running(say(null, Role.USER, "Hi"));
        messages.keep(SERVER, "answer", "abc", 0, tokens(0, 64));
        messages.keep(SERVER, "answer", "abcdef", 64, tokens(64, 70));
        assertEquals("abcdef", messages.get("ada", "answer").text());
        assertEquals(Status.RUNNING, messages.get("ada", "answer").status());
        assertEquals(tokens(0, 70), messages.tokens("ada", "answer"));
        var usage = new Answer.Usage(3, 71, 1.5, 0.5, 2);
        var ended = answer.with("abcdefg", Status.DONE,
                answer.answer().orElseThrow().ended(Optional.of("stop"), Optional.of(usage), Optional.empty()));
        messages.end(SERVER, ended, 70, tokens(70, 71));
        assertEquals(ended, messages.get("ada", "answer"));
        assertEquals(tokens(0, 71), messages.tokens("ada", "answer"));
        assertEquals(1, conversations.list("ada", "CDEFG", Optional.empty(), 9).conversations().size());
    }

    @ParameterizedTest
    @EnumSource
    void whatAServerLeftHalfWrittenIsInterruptedAndFound(Databases kind) {
        open(kind);
        running(say(null, Role.USER, "Hi"));
        messages.keep(SERVER, "answer", "Half of It", 0, tokens(0, 3));
        assertEquals(1, messages.interruptLeft(SERVER, id -> false));
        assertEquals(0, messages.interruptLeft(SERVER, id -> false));
        var left = messages.get("ada", "answer");
        assertEquals(Status.INTERRUPTED, left.status());
        assertEquals("Half of It", left.text());
        assertEquals(1, conversations.list("ada", "half of", Optional.empty(), 9).conversations().size());
    }

    @ParameterizedTest
    @EnumSource
    void whatAServerThatIsThereWritesIsLeftToIt(Databases kind) throws Exception {
        open(kind);
        running(say(null, Role.USER, "Hi"));
        try (var lease = new ServerLease(database.get()); var other = new ServerLease(database.get())) {
            database.get().run(t -> t.update("update messages set server = ?", lease.id()));
            other.renew();
            assertEquals(0, messages.interruptLeft(other.id(), id -> false));
            assertEquals(0, messages.interruptLeft(lease.id(), Set.of("answer")::contains));
            database.get().run(t -> t.update("update servers set expires = 5 where id = ?", lease.id()));
            other.renew();
            assertEquals(1, messages.interruptLeft(other.id(), id -> false), "its word is too old");
            messages.resume("ada", messages.get("ada", "answer"), other.id());
            lease.renew(); // it was asleep
            assertFalse(messages.keep(lease.id(), "answer", "of the first", 0, StoredTokens.NONE));
            assertFalse(messages.end(lease.id(),
                    messages.get("ada", "answer").with("of the first", Status.DONE, messages.get("ada", "answer").answer().orElseThrow()),
                    0, StoredTokens.NONE));
            assertTrue(messages.keep(other.id(), "answer", "of the second", 0, StoredTokens.NONE));
            assertEquals("of the second", messages.get("ada", "answer").text());
            assertEquals(Status.RUNNING, messages.get("ada", "answer").status());
        }
        assertEquals(1, messages.interruptLeft("third", id -> false), "both have ended");
        if (kind == Databases.SQLITE) {
            try (var files = Files.list(folder)) {
                assertTrue(files.noneMatch(file -> file.toString().endsWith(".lock")));
            }
        }
    }

    @Test
    void whatAKilledServerLeftInAFolderIsSweptHoweverLongAgoItWas() throws Exception {
        open(Databases.SQLITE);
        var left = Files.createFile(folder.resolve("server-killed.lock")); // whose word is forgotten by now
        var killed = Files.createFile(folder.resolve("server-killed-now.lock"));
        running(say(null, Role.USER, "Hi"));
        database.get().run(t -> {
            t.update("insert into servers (id, expires) values ('killed-now', ?)", Long.MAX_VALUE);
            t.update("update messages set server = 'killed-now' where id = 'answer'");
        });
        try (var lease = new ServerLease(database.get())) {
            assertEquals(1, messages.interruptLeft(lease.id(), id -> false), "nobody holds its lock");
            assertFalse(Files.exists(left) || Files.exists(killed));
        }
    }

    @ParameterizedTest
    @EnumSource
    void anAnswerThatItsServerDoesNotKnowOfIsInterrupted(Databases kind) {
        open(kind);
        running(say(null, Role.USER, "Hi"));
        try (var lease = new ServerLease(database.get())) {
            database.get().run(t -> t.update("update messages set server = ?", lease.id()));
            assertEquals(1, messages.interruptLeft(lease.id(), id -> false));
        }
    }

    @ParameterizedTest
    @EnumSource
    void anAnswerGoesOnOnlyOnceAtATime(Databases kind) {
        open(kind);
        var answer = running(say(null, Role.USER, "Hi"));
        assertEquals(409, assertThrows(ApiError.class, () -> messages.resume("ada", answer, SERVER)).status());
        messages.keep(SERVER, "answer", "abc", 0, StoredTokens.NONE);
        messages.interruptLeft(SERVER, id -> false);
        var interrupted = messages.get("ada", "answer");
        messages.resume("ada", interrupted, SERVER);
        assertEquals(Status.RUNNING, messages.get("ada", "answer").status());
        assertEquals(409, assertThrows(ApiError.class, () -> messages.resume("ada", interrupted, SERVER)).status());
        messages.keep(SERVER, "answer", "abcdef", 0, StoredTokens.NONE);
        messages.interruptLeft(SERVER, id -> false);
        assertEquals(409, assertThrows(ApiError.class, () -> messages.resume("ada", interrupted, SERVER)).status(), "it is longer by now");
        assertEquals(Status.INTERRUPTED, messages.get("ada", "answer").status());
    }

    @ParameterizedTest
    @EnumSource
    void messagesThatComeAtOnceAllGetANumberOfTheirOwn(Databases kind) throws Exception {
        open(kind);
        var question = say(null, Role.USER, "Hi");
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = new ArrayList<Future<?>>();
            for (int i = 0; i < 40; i++) all.add(threads.submit(() -> say(question, Role.USER, "more")));
            for (var one : all) one.get();
        }
        var numbers = database.orElseThrow()
                .call(t -> t.list("select number from messages where conversation = ?", row -> row.getInt(1), conversation));
        assertEquals(41, new HashSet<>(numbers).size());
    }

    @ParameterizedTest
    @EnumSource
    void whatIsNoCharacterIsKeptAsTheSignForThat(Databases kind) {
        open(kind);
        var message = say(null, Role.USER, Texts.clean("a\u0000b\uD83Cc\uDF31 🌱"));
        assertEquals("a\uFFFDb\uFFFDc\uFFFD 🌱", messages.get("ada", message.id()).text());
    }

    @ParameterizedTest
    @EnumSource
    void aTextBeyondTheLimitIsRefused(Databases kind) {
        open(kind);
        var refused = assertThrows(ApiError.class, () -> say(null, Role.USER, "x".repeat(Messages.MOST_TEXT + 1)));
        assertTrue(refused.getMessage().contains("1000000"), refused.getMessage());
    }
}
