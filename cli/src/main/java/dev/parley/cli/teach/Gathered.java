package dev.parley.cli.teach;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.data.chat.Chat;
import dev.parley.serve.accounts.User;
import dev.parley.serve.chat.history.Feedback;
import dev.parley.serve.lessons.Lesson;
import dev.parley.serve.lessons.Lesson.Counts;
import dev.parley.serve.store.Database;
import dev.parley.train.lesson.LessonFeedback;
import java.util.List;
import java.util.Optional;

/**
 * What a chat's database has for a lesson.
 *
 * @param user whose alone; empty for everybody's
 * @param others what was asked beside it: what the model answers to that is to stay
 */
record Gathered(Optional<User> user, LessonFeedback feedback, List<Chat> others) {

    private static final int MOST_OTHERS = 50;
    private static final ObjectMapper JSON = new ObjectMapper();

    static Gathered of(Database database, Optional<User> user, boolean imported) {
        var feedback = new Feedback(database, new Feedback.Chosen(user.map(User::name).stream().toList(), imported));
        return new Gathered(user, LessonFeedback.read(feedback.edits(), feedback.preferences(), feedback.thumbs()),
                feedback.questions(MOST_OTHERS).stream().map(Gathered::chat).toList());
    }

    private static Chat chat(String line) {
        try {
            return Chat.read(JSON.readTree(line));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A question of the chat is no JSON.", e);
        }
    }

    /** For whom the lesson is. */
    String audience() {
        return user.map(User::id).orElse(Lesson.ALL);
    }

    Counts counts(int own) {
        var up = feedback.liked().size();
        return new Counts(feedback.edits().size(), feedback.pairs().size(), up, feedback.thumbs().size() - up, own);
    }

    String sentence() {
        var counts = counts(0);
        return counted(counts.edits(), "corrected answer") + ", " + counted(counts.pairs(), "choice") + " between two, "
                + counted(counts.thumbsUp(), "thumb") + " up and " + counts.thumbsDown() + " down, of "
                + user.map(User::name).orElse("everybody") + ".";
    }

    private static String counted(int count, String of) {
        return count + " " + of + (count == 1 ? "" : "s");
    }

    ObjectNode json() {
        var counts = counts(0);
        return JsonNodeFactory.instance.objectNode().put("audience", audience()).put("edits", counts.edits()).put("pairs", counts.pairs())
                .put("thumbs_up", counts.thumbsUp()).put("thumbs_down", counts.thumbsDown());
    }
}
