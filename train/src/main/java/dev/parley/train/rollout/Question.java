package dev.parley.train.rollout;

import dev.parley.data.chat.ChatRows;
import dev.parley.data.chat.PreferenceRows;
import dev.parley.data.chat.VerifiablePrompt;
import dev.parley.model.TrainingExample;
import dev.parley.model.TrainingRow;
import java.util.Arrays;
import java.util.List;

/**
 * A question that a model tries to answer.
 *
 * @param asked with what the answer is judged by
 * @param row the prompt's tokens, ending where the assistant is to begin; none is a target
 */
public record Question(VerifiablePrompt asked, TrainingRow row) implements TrainingExample {

    /**
     * A question as a model reads it.
     *
     * @throws dev.parley.tokenizer.TokenizerException if the template refuses it
     */
    public static Question of(VerifiablePrompt asked, ChatRows chats) {
        var prompt = new PreferenceRows(chats).prompt(asked.prompt());
        var labels = new int[prompt.length];
        Arrays.fill(labels, TrainingRow.IGNORED);
        return new Question(asked, TrainingRow.of(prompt, labels));
    }

    /** The prompt's tokens. */
    public int[] prompt() {
        return row.inputIds();
    }

    /** The last words of the user. */
    public String text() {
        var messages = asked.prompt().messages();
        return messages.path(messages.size() - 1).path("content").asText();
    }

    @Override
    public List<TrainingRow> rows() {
        return List.of(row);
    }

    /** What it is judged by is learned from too. */
    @Override
    public int mark() {
        return 31 * asked.answer().hashCode() + asked.more().toString().hashCode();
    }
}
