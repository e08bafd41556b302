package dev.parley.data.chat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.generate.tools.Tool;
import dev.parley.generate.tools.ToolTemplate;
import dev.parley.model.TrainingRow;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.ChatTemplateInput;
import dev.parley.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Makes rows of conversations: each is rendered once by the chat template, as a server gives one to the model, and encoded once, as a
 * whole. All of it is read; what of it is a target follows from which message each token belongs to.
 *
 * <pre>{@code
 * var rows = ChatRows.of(tokenizer, tokenizer.chatTemplate().orElseThrow(), 1024).trainingOn(TrainOn.LAST_ASSISTANT);
 * Optional<TrainingRow> row = rows.row(chat);
 * }</pre>
 *
 * @param trainOn which tokens are targets
 * @param length tokens of a row at most
 * @param tooLong what becomes of a longer conversation
 */
public record ChatRows(Tokenizer tokenizer, ChatTemplate template, TrainOn trainOn, int length, TooLong tooLong) {

    /** All that the assistant says is a target; what is longer than a row is left out. */
    public static ChatRows of(Tokenizer tokenizer, ChatTemplate template, int length) {
        return new ChatRows(tokenizer, template, TrainOn.ASSISTANT, length, TooLong.LEAVE_OUT);
    }

    /** The same with other targets. */
    public ChatRows trainingOn(TrainOn targets) {
        return new ChatRows(tokenizer, template, targets, length, tooLong);
    }

    /** The same with another way with what is too long. */
    public ChatRows withTooLong(TooLong way) {
        return new ChatRows(tokenizer, template, trainOn, length, way);
    }

    /**
     * A conversation as a row.
     *
     * @return nothing if it is too long, or has no target
     * @throws dev.parley.tokenizer.TokenizerException if the template refuses it
     */
    public Optional<TrainingRow> row(Chat chat) {
        return fitted(whole(chat));
    }

    /** A conversation as a row, however long it is. */
    public TrainingRow whole(Chat chat) {
        var conversation = conversation(chat);
        var encoded = template.encode(tokenizer, conversation);
        var results = trainOn == TrainOn.ALL ? toolResults(conversation) : Set.<Integer>of();
        var learned = learned(chat, conversation);
        return labelled(encoded.ids(), i -> switch (trainOn) {
            case ALL -> !results.contains(encoded.speakers()[i]) && (encoded.answers()[i] < 0 || learned.contains(encoded.answers()[i]));
            case ASSISTANT, LAST_ASSISTANT -> learned.contains(encoded.answers()[i]);
        });
    }

    /** A row as it is trained on: nothing if it is too long and not to be cut, or has no target. */
    public Optional<TrainingRow> fitted(TrainingRow row) {
        if (row.length() > length && tooLong == TooLong.LEAVE_OUT) return Optional.empty();
        var cut = row.length() <= length ? row
                : TrainingRow.of(Arrays.copyOf(row.inputIds(), length), Arrays.copyOf(row.labels(), length));
        return cut.targets() == 0 ? Optional.empty() : Optional.of(cut);
    }

    /** As a server gives it to the model, tools and calls above all: what is trained on is what will be asked. */
    public ChatTemplateInput conversation(Chat chat) {
        var tools = chat.tools().stream().map(definition -> new Tool(definition.path("function").path("name").asText(), definition))
                .toList();
        return ToolTemplate.of(template).conversation(chat.messages(), tools, chat.variables()).withGenerationPrompt(false);
    }

    static TrainingRow labelled(int[] ids, java.util.function.IntPredicate isTarget) {
        return TrainingRow.of(ids, IntStream.range(0, ids.length).map(i -> isTarget.test(i) ? ids[i] : TrainingRow.IGNORED).toArray());
    }

    /** The assistant's messages that are targets, by their numbers in what the template is given. */
    private Set<Integer> learned(Chat chat, ChatTemplateInput conversation) {
        var given = assistants(conversation.messages());
        var own = assistants(chat.messages());
        if (given.length != own.length) throw new IllegalStateException(own.length + " answers became " + given.length + ".");
        var learned = new HashSet<Integer>();
        for (int n = trainOn == TrainOn.LAST_ASSISTANT ? Math.max(0, own.length - 1) : 0; n < own.length; n++) {
            if (!chat.unlearned().contains(own[n])) learned.add(given[n]);
        }
        return learned;
    }

    /** Where the assistant speaks. Tools may be told in a message more, and results in fewer; the assistant's stay as many. */
    static int[] assistants(JsonNode messages) {
        return IntStream.range(0, messages.size()).filter(m -> messages.get(m).path("role").asText().equals("assistant")).toArray();
    }

    private static Set<Integer> toolResults(ChatTemplateInput conversation) {
        var results = new HashSet<Integer>();
        for (int m = 0; m < conversation.messages().size(); m++) {
            var message = conversation.messages().get(m);
            var isWrittenOut = message.path("content").asText().startsWith(ToolTemplate.RESULT);
            if (message.path("role").asText().equals("tool") || isWrittenOut) results.add(m);
        }
        return results;
    }
}
