package dev.parley.data.chat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.parley.model.TrainingRow;
import java.util.Optional;

/**
 * Makes rows of judged answers: a prompt, which is read, and behind it an answer, which is the target. The prompt's tokens are those
 * that generation begins from, and the answer's those that it would make, up to the token that ends the turn.
 *
 * <pre>{@code
 * var rows = new PreferenceRows(ChatRows.of(tokenizer, template, 1024));
 * rows.pair(pair).ifPresent(both -> learn(both.chosen(), both.rejected()));
 * }</pre>
 *
 * @param chats how conversations become rows; a row that is too long is left out, for half an answer was judged by nobody
 */
public record PreferenceRows(ChatRows chats) {

    /** A pair's two rows. */
    public record PairRows(TrainingRow chosen, TrainingRow rejected) {}

    /**
     * A pair as rows.
     *
     * @return nothing if one of the two is too long
     * @throws dev.parley.tokenizer.TokenizerException if the template refuses it
     */
    public Optional<PairRows> pair(PreferencePair pair) {
        var chosen = whole(pair.prompt(), pair.chosen());
        var rejected = whole(pair.prompt(), pair.rejected());
        if (Math.max(chosen.length(), rejected.length()) > chats.length()) return Optional.empty();
        return Optional.of(new PairRows(chosen, rejected));
    }

    /** A judged answer as a row; nothing if it is too long. */
    public Optional<TrainingRow> rated(RatedAnswer rated) {
        return Optional.of(whole(rated.prompt(), rated.answer())).filter(row -> row.length() <= chats.length());
    }

    /** A prompt's tokens, ending where the assistant is to begin. */
    public int[] prompt(Chat prompt) {
        return chats.template().ids(chats.tokenizer(), chats.conversation(prompt).withGenerationPrompt(true));
    }

    /** A prompt and an answer to it as a row, however long it is. */
    public TrainingRow whole(Chat prompt, ArrayNode answer) {
        var conversation = chats.conversation(prompt.followedBy(answer));
        var first = ChatRows.assistants(conversation.messages())[ChatRows.assistants(prompt.messages()).length];
        var encoded = chats.template().encodeAnswers(chats.tokenizer(), conversation, first);
        var mask = encoded.assistantMask();
        return ChatRows.labelled(encoded.ids(), i -> mask[i]);
    }
}
