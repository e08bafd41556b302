package dev.parley.serve.chat.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.serve.accounts.Users;
import dev.parley.serve.chat.history.Ratings.Choice;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.JsonBody;
import dev.parley.serve.store.Database;
import dev.parley.serve.store.Databases;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Execution(ExecutionMode.CONCURRENT)
class FeedbackTest {

    private static final String PROMPT = "[{\"role\":\"system\",\"content\":\"Be brief.\"},{\"role\":\"user\",\"content\":\"Is a dog an "
            + "animal?\"}]";

    @TempDir
    private Path folder;
    private Database database;
    private Messages messages;
    private Ratings ratings;
    private Feedback feedback;

    private record Thread(String owner, String conversation, String question) {}

    private void open(Databases kind) {
        database = kind.open(folder);
        messages = new Messages(database);
        ratings = new Ratings(database);
        feedback = new Feedback(database);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private Thread ask(String owner) {
        var id = new Conversations(database).create(owner, Draft.EMPTY).id();
        return new Thread(owner, id, messages.add(owner, id, Optional.empty(), Role.USER, "Is a dog an animal?").id());
    }

    private String answer(Thread thread, String text, String reason) {
        var id = thread.conversation() + text;
        var answer = Answer.begun("tiny", "Be brief.", JsonNodeFactory.instance.objectNode());
        var message = new ChatMessage(id, thread.conversation(), Optional.of(thread.question()), Role.ASSISTANT, "", 5, Status.RUNNING,
                Optional.of(answer), 0, "");
        messages.begin(thread.owner(), message, "server");
        messages.end("server", message.with(text, Status.DONE, answer.ended(Optional.of(reason), Optional.empty(), Optional.empty())), 0,
                StoredTokens.NONE);
        return id;
    }

    private static String pair(String chosen, String rejected) {
        return "{\"prompt\":" + PROMPT + ",\"chosen\":[{\"role\":\"assistant\",\"content\":\"" + chosen
                + "\"}],\"rejected\":[{\"role\":\"assistant\",\"content\":\"" + rejected + "\"}]}";
    }

    @ParameterizedTest
    @EnumSource
    void goodAnswersAreLearnedWithAllThatWasAsked(Databases kind) {
        open(kind);
        var thread = ask("ada");
        ratings.rate("ada", answer(thread, "Yes.", "stop"), 1, "");
        ratings.rate("ada", answer(thread, "No.", "stop"), -1, "wrong");
        ratings.rate("ada", answer(thread, "Yes, it", "length"), 1, "");
        var found = feedback.demonstrations();
        assertEquals(2, found.lines().size());
        assertEquals(1, found.cutOff());
        assertEquals("{\"messages\":" + PROMPT.replace("]", ",{\"role\":\"assistant\",\"content\":\"Yes.\"}]") + "}",
                found.lines().getFirst());
    }

    @ParameterizedTest
    @EnumSource
    void aChoiceAndAThumbUpBesideOneDownArePairs(Databases kind) {
        open(kind);
        var ada = ask("ada");
        ratings.compare("ada", ada.conversation(), answer(ada, "A", "stop"), answer(ada, "B", "stop"), Choice.RIGHT);
        ratings.compare("ada", ada.conversation(), answer(ada, "C", "stop"), answer(ada, "D", "stop"), Choice.TIE);
        ratings.rate("ada", answer(ada, "good", "stop"), 1, "");
        var bob = ask("bob"); // who asked the same
        ratings.rate("bob", answer(bob, "bad", "stop"), -1, "");
        assertEquals(List.of(pair("B", "A"), pair("good", "bad")), feedback.preferences());
        assertEquals(feedback.preferences(), feedback.preferences());
        assertEquals(List.of(), feedback.choices()); // both answers are of one model
    }

    @ParameterizedTest
    @EnumSource
    void nothingComesTwice(Databases kind) {
        open(kind);
        for (var owner : List.of("ada", "bob")) {
            var thread = ask(owner);
            var left = answer(thread, "A", "stop");
            var right = answer(thread, "B", "stop");
            for (int i = 0; i < 2; i++) ratings.compare(owner, thread.conversation(), left, right, Choice.LEFT);
            ratings.rate(owner, left, 1, "");
            ratings.rate(owner, right, -1, "");
        }
        assertEquals(List.of(pair("A", "B")), feedback.preferences());
        assertEquals(1, feedback.demonstrations().lines().size());
    }

    @ParameterizedTest
    @EnumSource
    void aRatingTakesThePlaceOfTheOneBeforeAndCanBeTakenBack(Databases kind) {
        open(kind);
        var thread = ask("ada");
        var id = answer(thread, "Yes.", "stop");
        assertEquals(1, ratings.rate("ada", id, 1, "good").rating());
        assertEquals("bad", ratings.rate("ada", id, -1, "bad").comment());
        assertEquals(-1, messages.get("ada", id).rating());
        assertEquals(0, feedback.demonstrations().lines().size());
        assertEquals(0, ratings.rate("ada", id, 0, "").rating());
        assertEquals(0, database.call(t -> t.first("select count(*) from ratings", row -> row.getInt(1))).orElseThrow());
    }

    @ParameterizedTest
    @EnumSource
    void theRatingOfAnAnswerThatWentOnIsOfTheWhole(Databases kind) {
        open(kind);
        var thread = ask("ada");
        var id = answer(thread, "Yes, it", "length");
        ratings.rate("ada", id, 1, "");
        var message = messages.get("ada", id);
        messages.end("server",
                message.with("Yes, it is.", Status.DONE,
                        message.answer().orElseThrow().ended(Optional.of("stop"), Optional.empty(), Optional.empty())),
                0, StoredTokens.NONE);
        var found = feedback.demonstrations();
        assertEquals(0, found.cutOff());
        assertEquals(true, found.lines().getFirst().contains("Yes, it is."));
    }

    @ParameterizedTest
    @EnumSource
    void onlyAnswersToTheSameMessageAreCompared(Databases kind) {
        open(kind);
        var one = ask("ada");
        var other = ask("ada");
        var left = answer(one, "A", "stop");
        assertEquals(404, assertThrows(ApiError.class,
                () -> ratings.compare("ada", one.conversation(), left, answer(other, "B", "stop"), Choice.LEFT)).status());
        assertEquals(400, assertThrows(ApiError.class, () -> ratings.compare("ada", one.conversation(), left, left, Choice.LEFT)).status());
        assertEquals(400,
                assertThrows(ApiError.class, () -> ratings.compare("ada", one.conversation(), left, one.question(), Choice.LEFT)).status());
        assertEquals(400, assertThrows(ApiError.class, () -> ratings.rate("ada", one.question(), 1, "")).status());
    }

    @ParameterizedTest
    @EnumSource
    void whatWasImportedIsLearnedOnlyWhereItIsWanted(Databases kind) throws IOException {
        open(kind);
        var thread = ask("ada");
        ratings.rate("ada", answer(thread, "Yes.", "stop"), 1, "");
        var document = new ByteArrayOutputStream();
        new Export(new Conversations(database), messages).write("ada", List.of(thread.conversation()), document);
        var hostile = document.toString(StandardCharsets.UTF_8).replace("Yes.", "Send me your password.");
        var imported = new Import(database).add("mallory", JsonBody.JSON.readTree(hostile)).getFirst().id();
        assertEquals(1, feedback.demonstrations().lines().size());
        var answers = messages.all("mallory", imported).stream().filter(m -> m.role() == Role.ASSISTANT).toList();
        ratings.rate("mallory", answers.getFirst().id(), -1, "");
        ratings.rate("mallory", answers.getFirst().id(), 1, ""); // it remains what was imported
        var other = messages.add("mallory", imported, answers.getFirst().parent(), Role.ASSISTANT, "No.").id();
        ratings.compare("mallory", imported, answers.getFirst().id(), other, Choice.LEFT);
        assertEquals(1, feedback.demonstrations().lines().size());
        assertEquals(List.of(), feedback.preferences());
        assertEquals(Map.of("ada", 1), feedback.owners());
        var all = new Feedback(database, new Feedback.Chosen(List.of(), true));
        assertEquals(2, all.demonstrations().lines().size());
        assertEquals(1, all.preferences().size());
        assertEquals(Map.of("ada", 1, "mallory", 2), all.owners());
    }

    @ParameterizedTest
    @EnumSource
    void whoseRatingsAreLearnedCanBeChosen(Databases kind) {
        open(kind);
        var users = new Users(database);
        for (var name : List.of("ada", "bob", "eve")) {
            var id = users.add(name, "correct horse battery staple").id();
            var thread = ask(id);
            var good = answer(thread, "Good of " + name, "stop");
            ratings.rate(id, good, 1, "");
            ratings.compare(id, thread.conversation(), good, answer(thread, "Bad of " + name, "stop"), Choice.LEFT);
        }
        var chosen = new Feedback(database, new Feedback.Chosen(List.of("ada", "eve"), false));
        assertEquals(Map.of("ada", 2, "eve", 2), chosen.owners());
        assertEquals(2, chosen.demonstrations().lines().size());
        assertEquals(2, chosen.preferences().size());
        assertFalse(chosen.demonstrations().lines().toString().contains("bob") || chosen.preferences().toString().contains("bob"));
        assertEquals(3, feedback.demonstrations().lines().size());
    }

    @ParameterizedTest
    @EnumSource
    void whatWasWrittenInThePlaceOfAnAnswerIsAPairAndADemonstration(Databases kind) {
        open(kind);
        var thread = ask("ada");
        var id = answer(thread, "A dog is a tree.", "stop");
        var edits = new Edits(database);
        var edit = edits.edit("ada", id, "A dog is an animal.");
        assertEquals(Optional.of(id), edit.editOf());
        assertEquals(Optional.of(thread.question()), edit.parent(), "it stands beside the answer");
        assertEquals(Optional.empty(), edit.answer(), "a model is said to have written it");
        assertEquals(Optional.of(id), messages.get("ada", edit.id()).editOf());
        assertEquals("A dog is a tree.", messages.get("ada", id).text(), "the answer is gone");
        assertEquals(List.of(pair("A dog is an animal.", "A dog is a tree.")), feedback.edits());
        assertEquals(
                List.of("{\"messages\":" + PROMPT.replace("]", ",{\"role\":\"assistant\",\"content\":\"A dog is an animal.\"}]") + "}"),
                feedback.demonstrations().lines());
        assertEquals(Map.of("ada", 1), feedback.owners());
        assertEquals(new FeedbackAmount(1, 0, 0), FeedbackAmount.of(database, Optional.of("ada"), 0));
        assertEquals(new FeedbackAmount(0, 0, 0), FeedbackAmount.of(database, Optional.of("bob"), 0));
        assertEquals(new FeedbackAmount(0, 0, 0), FeedbackAmount.of(database, Optional.empty(), System.currentTimeMillis() + 1_000));
    }

    @ParameterizedTest
    @EnumSource
    void ofAnAnswerThatWasRewrittenTwiceTheLastCountsAndItCanBeTakenBack(Databases kind) {
        open(kind);
        var thread = ask("ada");
        var id = answer(thread, "A dog is a tree.", "stop");
        var edits = new Edits(database);
        var first = edits.edit("ada", id, "A dog is an animal");
        var second = edits.edit("ada", first.id(), "A dog is an animal.");
        assertEquals(Optional.of(id), second.editOf());
        assertEquals(List.of(pair("A dog is an animal.", "A dog is a tree.")), feedback.edits());
        assertEquals(new FeedbackAmount(1, 0, 0), FeedbackAmount.of(database, Optional.empty(), 0));
        assertEquals(Optional.empty(), edits.takeBack("ada", second.id()).editOf());
        assertEquals(List.of(pair("A dog is an animal", "A dog is a tree.")), feedback.edits());
        edits.takeBack("ada", first.id());
        assertEquals(List.of(), feedback.edits());
        assertEquals(404, assertThrows(ApiError.class, () -> edits.takeBack("ada", first.id())).status());
    }

    @ParameterizedTest
    @EnumSource
    void onlyWholeAnswersOfOnesOwnAreRewrittenAndByOtherWords(Databases kind) {
        open(kind);
        var thread = ask("ada");
        var id = answer(thread, "A dog is a tree.", "stop");
        var edits = new Edits(database);
        assertEquals(404, assertThrows(ApiError.class, () -> edits.edit("bob", id, "Mine")).status());
        assertEquals(400, assertThrows(ApiError.class, () -> edits.edit("ada", thread.question(), "Mine")).status());
        assertEquals(400, assertThrows(ApiError.class, () -> edits.edit("ada", id, "A dog is a tree.")).status());
        assertEquals(400, assertThrows(ApiError.class, () -> edits.edit("ada", id, " ")).status());
        var edit = edits.edit("ada", id, "A dog is an animal.").id();
        assertEquals(404, assertThrows(ApiError.class, () -> edits.takeBack("bob", edit)).status());
        assertEquals(404, assertThrows(ApiError.class, () -> edits.takeBack("ada", id)).status());
        assertEquals(1, feedback.edits().size());
    }

    @ParameterizedTest
    @EnumSource
    void anImportedAnswerThatIsRewrittenTeachesOnlyWhereItIsWanted(Databases kind) throws IOException {
        open(kind);
        var thread = ask("ada");
        answer(thread, "Yes.", "stop");
        var document = new ByteArrayOutputStream();
        new Export(new Conversations(database), messages).write("ada", List.of(thread.conversation()), document);
        var imported = new Import(database).add("mallory", JsonBody.JSON.readTree(document.toByteArray())).getFirst().id();
        var answer = messages.all("mallory", imported).stream().filter(m -> m.role() == Role.ASSISTANT).findFirst().orElseThrow();
        new Edits(database).edit("mallory", answer.id(), "Send me your password.");
        assertEquals(List.of(), feedback.edits());
        assertEquals(new FeedbackAmount(0, 0, 0), FeedbackAmount.of(database, Optional.empty(), 0));
        assertEquals(1, new Feedback(database, new Feedback.Chosen(List.of(), true)).edits().size());
    }
}
