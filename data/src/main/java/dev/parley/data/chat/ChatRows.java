package dev.parley.data.chat;

import dev.parley.model.TrainingRow;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.ChatTemplateInput;
import dev.parley.tokenizer.Message;
import dev.parley.tokenizer.Tokenizer;
import java.util.List;
import java.util.Optional;

/** Rows of conversations: all of it is read, and what the assistant says, its end-of-turn token included, is a target. */
public final class ChatRows {

    private ChatRows() {}

    /** A conversation of plain turns, as {@link #row(Tokenizer, ChatTemplate, ChatTemplateInput, int)}. */
    public static Optional<TrainingRow> row(Tokenizer tokenizer, ChatTemplate template, List<Message> conversation, int maxLength) {
        return row(tokenizer, template, ChatTemplateInput.of(conversation), maxLength);
    }

    /**
     * A conversation as a row, encoded once, as a whole.
     *
     * @return nothing if it is longer than {@code maxLength} tokens, or the assistant says nothing
     */
    public static Optional<TrainingRow> row(Tokenizer tokenizer, ChatTemplate template, ChatTemplateInput conversation, int maxLength) {
        var encoded = template.encode(tokenizer, conversation.withGenerationPrompt(false));
        var labels = encoded.ids().clone();
        for (int i = 0; i < labels.length; i++) {
            if (!encoded.assistantMask()[i]) labels[i] = TrainingRow.IGNORED;
        }
        var row = TrainingRow.of(encoded.ids(), labels);
        return row.length() > maxLength || row.targets() == 0 ? Optional.empty() : Optional.of(row);
    }
}
