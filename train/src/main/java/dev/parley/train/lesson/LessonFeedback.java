package dev.parley.train.lesson;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.parley.data.chat.ChatFormat;
import dev.parley.data.chat.ChatRecord;
import dev.parley.data.chat.PreferencePair;
import dev.parley.data.chat.RatedAnswer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * What people said of a chat's answers.
 *
 * <pre>{@code
 * var feedback = LessonFeedback.read(List.of("""
 *         {"prompt": "Who wrote it?", "chosen": "Ada wrote it.", "rejected": "Nobody."}"""), List.of(), List.of());
 * }</pre>
 *
 * @param edits answers that somebody wrote anew: the new one is chosen, the model's own is rejected
 * @param pairs answers of which somebody found one better
 * @param thumbs answers with a thumb up or down
 */
public record LessonFeedback(List<PreferencePair> edits, List<PreferencePair> pairs, List<RatedAnswer> thumbs) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Copies the lists; a pair that is an edit too counts as an edit. */
    public LessonFeedback {
        edits = List.copyOf(edits);
        var known = new HashSet<>(edits);
        pairs = pairs.stream().filter(pair -> !known.contains(pair)).distinct().toList();
        thumbs = List.copyOf(thumbs);
    }

    /**
     * Feedback as lines of JSON, the form in which a chat exports it. What no model can learn from, such as an answer to an answer, is
     * left out.
     *
     * @param edits and pairs each {@code {"prompt", "chosen", "rejected"}}
     * @param thumbs {@code {"prompt", "completion", "label"}}
     * @throws IllegalArgumentException if a line is no JSON
     */
    public static LessonFeedback read(List<String> edits, List<String> pairs, List<String> thumbs) {
        return new LessonFeedback(read(edits, ChatFormat.PREFERENCE, PreferencePair.class),
                read(pairs, ChatFormat.PREFERENCE, PreferencePair.class), read(thumbs, ChatFormat.RATED, RatedAnswer.class));
    }

    private static <T extends ChatRecord> List<T> read(List<String> lines, ChatFormat format, Class<T> kind) {
        var read = new ArrayList<T>();
        for (var line : lines) {
            try {
                read.add(kind.cast(format.read(JSON.readTree(line))));
            } catch (JsonProcessingException e) {
                throw new IllegalArgumentException("This line of feedback is no JSON: " + e.getOriginalMessage() + ".", e);
            } catch (IllegalArgumentException e) {
                continue; // an answer to an answer, or an empty one
            }
        }
        return read;
    }

    /** Whether there is nothing to learn from. */
    public boolean isEmpty() {
        return edits.isEmpty() && pairs.isEmpty() && thumbs.isEmpty();
    }

    /** Answers with a thumb up. */
    public List<RatedAnswer> liked() {
        return thumbs.stream().filter(RatedAnswer::good).toList();
    }

    /** What an answer says. */
    static String text(ArrayNode answer) {
        return answer.path(0).path("content").asText();
    }
}
