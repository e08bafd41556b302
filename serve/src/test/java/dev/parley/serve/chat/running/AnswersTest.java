package dev.parley.serve.chat.running;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.accounts.Caller;
import dev.parley.serve.chat.history.ChatMessage;
import dev.parley.serve.chat.history.Conversation;
import dev.parley.serve.chat.history.Conversations;
import dev.parley.serve.chat.history.Draft;
import dev.parley.serve.chat.history.Messages;
import dev.parley.serve.chat.history.Role;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.store.Database;
import dev.parley.serve.store.Databases;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What tests of answers share: a database with a conversation, and an engine that does what the test says. */
@Timeout(60)
@ParameterizedClass
@EnumSource
@Execution(ExecutionMode.CONCURRENT)
abstract class AnswersTest {

    static final String SERVER = "this";
    static final Duration LONG = Duration.ofSeconds(50);

    @TempDir
    private Path folder;
    @Parameter
    private Databases kind;
    Database database;
    Conversations conversations;
    Messages messages;
    RunningAnswers answers;
    Conversation conversation;
    String question;
    final FakeChatEngine models = new FakeChatEngine();
    final AtomicLong spent = new AtomicLong();
    final Caller ada = new Caller("ada", "Ada", (reserved, used) -> spent.addAndGet(used));
    final List<String> notes = Collections.synchronizedList(new ArrayList<>());

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

    static ObjectNode none() {
        return JsonNodeFactory.instance.objectNode();
    }

    String ask() {
        return answers.answer(ada, conversation.id(), question, Optional.empty(), none()).id();
    }

    ChatMessage await(String id) {
        try {
            assertTrue(answers.log("ada", id).awaitEnd(LONG));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return messages.get("ada", id);
    }

    static int status(Runnable refused) {
        return assertThrows(ApiError.class, refused::run).status();
    }
}
