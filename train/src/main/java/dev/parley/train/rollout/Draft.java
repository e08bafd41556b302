package dev.parley.train.rollout;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.parley.data.chat.Chat;
import dev.parley.data.chat.ChatRows;
import dev.parley.generate.answer.AnswerForm;
import dev.parley.generate.answer.AnswerReader;
import dev.parley.generate.strategy.Completion;
import dev.parley.generate.strategy.FinishReason;
import dev.parley.model.TrainingRow;
import dev.parley.train.rollout.Rollout.Call;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** An answer while it is tried: what there is of it so far. */
final class Draft {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Question question;
    private final List<Call> calls = new ArrayList<>();
    private final ArrayNode messages; // the conversation as far as it has come
    private int[] ids; // the prompt, and the answer as far as it has come
    private int[] labels;
    private String text = "";
    private int rounds; // in which tools were called
    private boolean isOpen = true;
    private boolean isEnded;

    Draft(Question question) {
        this.question = question;
        messages = question.asked().prompt().messages().deepCopy();
        ids = question.prompt();
        labels = question.row().labels();
    }

    boolean isOpen() {
        return isOpen;
    }

    Question question() {
        return question;
    }

    int[] ids() {
        return ids;
    }

    int rounds() {
        return rounds;
    }

    /** Tokens behind the prompt. */
    int length() {
        return ids.length - question.prompt().length;
    }

    Rollout rollout() {
        return new Rollout(question, TrainingRow.of(ids, labels), text, calls, isEnded);
    }

    /** Reads what the model has added. @return the calls that it makes there, as name and arguments */
    List<Called> take(Completion completion, AnswerForm form) {
        append(completion.ids(), completion.ids());
        var reading = new Reading();
        var reader = new AnswerReader(form, reading);
        reader.push(completion.ids(), completion.text());
        reader.finish(completion.finishReason());
        text = reading.text.toString();
        isOpen = false;
        isEnded = completion.finishReason() == FinishReason.STOP;
        return isEnded ? reading.called() : List.of();
    }

    private void append(int[] more, int[] labelled) {
        var at = ids.length;
        ids = Arrays.copyOf(ids, at + more.length);
        labels = Arrays.copyOf(labels, at + more.length);
        System.arraycopy(more, 0, ids, at, more.length);
        System.arraycopy(labelled, 0, labels, at, more.length);
    }

    /**
     * Has tools called, and tells the model what they return.
     *
     * @param most tokens that the conversation may have, of which one must be left for the model
     */
    void call(List<Called> called, List<CallableTool> tools, ChatRows chats, int most) {
        rounds++;
        var asking = messages.addObject().put("role", "assistant").put("content", text);
        var list = asking.putArray("tool_calls");
        var results = new ArrayList<Call>();
        for (var one : called) {
            var id = String.format(Locale.ROOT, "call%05d", calls.size() + results.size());
            list.addObject().put("id", id).put("type", "function").putObject("function").put("name", one.name()).put("arguments",
                    one.arguments());
            results.add(one.by(tools));
        }
        for (int i = 0; i < results.size(); i++) {
            messages.addObject().put("role", "tool").put("tool_call_id", list.get(i).path("id").asText()).put("name", results.get(i).name())
                    .put("content", results.get(i).result());
        }
        calls.addAll(results);
        var told = told(chats);
        isEnded = false;
        if (ids.length + told.length >= most) return; // cut off
        var none = new int[told.length];
        Arrays.fill(none, TrainingRow.IGNORED);
        append(told, none);
        isOpen = true;
    }

    /** The tokens that stand between the end of what the assistant said last and where it is to go on. */
    private int[] told(ChatRows chats) {
        var asked = question.asked().prompt();
        var conversation = chats.conversation(new Chat(messages, asked.tools(), asked.variables(), asked.unlearned()));
        var encoded = chats.template().encode(chats.tokenizer(), conversation);
        var whole = chats.template().ids(chats.tokenizer(), conversation.withGenerationPrompt(true));
        var assistant = 0;
        for (int m = 0; m < conversation.messages().size(); m++) {
            if (conversation.messages().get(m).path("role").asText().equals("assistant")) assistant = m;
        }
        var end = encoded.ids().length;
        while (end > 0 && encoded.answers()[end - 1] != assistant) end--;
        return Arrays.copyOfRange(whole, Math.min(end, whole.length), whole.length);
    }

    /** A call as the model wrote it. */
    record Called(String name, String arguments) {

        Call by(List<CallableTool> tools) {
            var tool = tools.stream().filter(t -> t.tool().name().equals(name)).findFirst();
            try {
                if (tool.isEmpty()) throw new IllegalArgumentException("There is no tool " + name + ".");
                return new Call(name, arguments, tool.get().call(read()), false);
            } catch (IllegalArgumentException e) {
                return new Call(name, arguments, e.getMessage(), true);
            }
        }

        private JsonNode read() {
            try {
                var read = JSON.readTree(arguments);
                if (read != null && read.isObject()) return read;
            } catch (JsonProcessingException e) {
                // told below
            }
            throw new IllegalArgumentException("The arguments are no JSON object.");
        }
    }

    /** What an answer says, thoughts left out. */
    private static final class Reading implements AnswerReader.Listener {

        private final StringBuilder text = new StringBuilder();
        private final List<String> names = new ArrayList<>();
        private final List<StringBuilder> arguments = new ArrayList<>();

        List<Called> called() {
            var called = new ArrayList<Called>();
            for (int i = 0; i < names.size(); i++) called.add(new Called(names.get(i), arguments.get(i).toString()));
            return Collections.unmodifiableList(called);
        }

        @Override
        public void onThought(String piece) {
            // is not judged
        }

        @Override
        public void onText(String piece) {
            text.append(piece);
        }

        @Override
        public void onCall(int index, String name) {
            names.add(name);
            arguments.add(new StringBuilder());
        }

        @Override
        public void onArguments(int index, String piece) {
            arguments.get(index).append(piece);
        }
    }
}
