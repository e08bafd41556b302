package dev.parley.eval.harness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.tokenizer.ChatTemplateInput;
import dev.parley.tokenizer.Message;
import dev.parley.tokenizer.TokenizerException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Writes what comes before an answer: the description, the examples with their answers, the question. As plain text the parts are joined
 * by the task's delimiters; in a chat they are turns.
 */
final class PromptBuilder {

    private final TaskConfig task;
    private final DocumentFields fields;
    private final PromptSettings settings;
    private final FewShotSampler sampler;

    /** A turn, and what follows it where turns are joined to one text. */
    private record Turn(String role, String content, String delimiter) {}

    PromptBuilder(TaskConfig task, DocumentFields fields, PromptSettings settings, FewShotSampler sampler) {
        this.task = task;
        this.fields = fields;
        this.settings = settings;
        this.sampler = sampler;
    }

    /** The prompts of a document: one, or where its text is the number of a choice, one for each choice. */
    List<String> prompts(ObjectNode document) {
        var prefix = fields.resolved(document, task.value("gen_prefix"), "gen_prefix");
        var turns = new ArrayList<Turn>();
        var system = joined(settings.systemInstruction().orElse(""),
                fields.resolved(document, task.value("description"), "description").orElse(""), task.fewshotDelimiter());
        if (!system.isEmpty()) turns.add(new Turn("system", system, ""));
        for (var example : sampler.draw(settings.fewshotOf(task), mayBeAmongExamples() ? Optional.of(document) : Optional.empty()))
            turns.addAll(example(example));
        var text = fields.text(document, task.value("doc_to_text").orElseThrow(this::noText));
        if (!text.isInt()) return List.of(prompt(turns, question(text.asText(), prefix, task.targetDelimiter()), prefix));
        return choices(document).stream().map(choice -> prompt(turns, question(choice, prefix, ""), prefix)).toList();
    }

    private TaskException noText() {
        return new TaskException("The task " + task.name() + " has no doc_to_text.");
    }

    /** Both unnamed counts as the same split, as that tool compares them. */
    private boolean mayBeAmongExamples() {
        return task.ofExamples("split").map(JsonNode::asText).equals(task.text("test_split"));
    }

    List<String> choices(ObjectNode document) {
        return fields.choices(document, task.value("doc_to_choice").orElseThrow());
    }

    /** An example with its answer. */
    private List<Turn> example(ObjectNode document) {
        var delimiter = task.ofExamples("target_delimiter").map(JsonNode::asText).orElse(" ");
        var choices = task.ofExamples("doc_to_choice").map(written -> fields.choices(document, written));
        var text = fields.text(document, task.ofExamples("doc_to_text").orElseThrow(this::noText));
        var target = fields.target(document, task.ofExamples("doc_to_target").orElseThrow(
                () -> new TaskException("The task " + task.name() + " has no doc_to_target.")));
        var question = text.isInt() && choices.isPresent() ? choices.get().get(text.asInt()) : text.asText();
        var answer = answer(target, text.isInt() ? Optional.empty() : choices);
        var prefix = fields.resolved(document, task.ofExamples("gen_prefix"), "gen_prefix");
        var hasAnswer = !(target.isTextual() && target.asText().isEmpty());
        var turns = new ArrayList<Turn>();
        var delimited = prefix.isEmpty() ? hasAnswer : apart(question, prefix.get());
        turns.add(new Turn("user", question, delimited ? delimiter : ""));
        if (hasAnswer)
            turns.add(new Turn("assistant", joined(prefix.orElse(""), answer, " "),
                    task.ofExamples("fewshot_delimiter").map(JsonNode::asText).orElse("\n\n")));
        else prefix.ifPresent(p -> turns.add(new Turn("assistant", p, "")));
        return turns;
    }

    private static String answer(JsonNode target, Optional<List<String>> choices) {
        if (target.isArray()) return target.isEmpty() ? "" : target.get(0).asText();
        if (choices.isPresent() && (target.isIntegralNumber() || target.isBoolean())) return choices.get().get(target.asInt());
        return target.asText();
    }

    private static List<Turn> question(String text, Optional<String> prefix, String delimiter) {
        if (prefix.isEmpty()) return List.of(new Turn("user", text, ""));
        return List.of(new Turn("user", text, apart(text, prefix.get()) ? delimiter : ""), new Turn("assistant", prefix.get(), ""));
    }

    // ---- joining ----

    private String prompt(List<Turn> before, List<Turn> question, Optional<String> prefix) {
        var turns = new ArrayList<>(before);
        turns.addAll(question);
        if (settings.chatTemplate().isPresent()) return inChat(settings.multiTurn() ? messages(turns) : oneTurn(turns), prefix.isEmpty());
        var text = new StringBuilder();
        for (var turn : turns) text.append(turn.content).append(turn.delimiter);
        return text.toString();
    }

    private static List<Message> messages(List<Turn> turns) {
        return turns.stream().map(t -> new Message(t.role, t.content)).toList();
    }

    /** All that the user and the examples say as one turn of the user. */
    private static List<Message> oneTurn(List<Turn> turns) {
        var messages = new ArrayList<Message>();
        var rest = turns;
        if (rest.getFirst().role.equals("system")) {
            messages.add(Message.system(rest.getFirst().content));
            rest = rest.subList(1, rest.size());
        }
        var begun = rest.getLast().role.equals("assistant");
        var user = begun ? rest.subList(0, rest.size() - 1) : rest;
        var text = new StringBuilder();
        for (int i = 0; i < user.size(); i++) text.append(user.get(i).content).append(i + 1 < user.size() ? user.get(i).delimiter : "");
        messages.add(Message.user(text.toString()));
        if (begun) messages.add(Message.assistant(rest.getLast().content));
        return messages;
    }

    /**
     * @param begins whether the assistant is to begin; else it goes on with the last turn
     */
    private String inChat(List<Message> messages, boolean begins) {
        try {
            return rendered(messages, begins);
        } catch (TokenizerException e) { // some templates take no system turn
            var others = messages.stream().filter(m -> !m.role().equals("system")).toList();
            if (others.size() == messages.size()) throw e;
            return rendered(others, begins);
        }
    }

    private String rendered(List<Message> messages, boolean begins) {
        var text = settings.chatTemplate().orElseThrow().text(
                ChatTemplateInput.of(messages).withGenerationPrompt(begins).withSpecialTokens(settings.specialTokens()));
        if (begins) return text;
        var last = messages.getLast().content().strip();
        return text.substring(0, text.lastIndexOf(last) + last.length());
    }

    private static boolean apart(String before, String after) {
        return !before.isEmpty() && !Character.isWhitespace(before.charAt(before.length() - 1)) && !Character.isWhitespace(after.charAt(0));
    }

    private static String joined(String before, String after, String delimiter) {
        if (before.isEmpty() || after.isEmpty()) return before + after;
        return apart(before, after) ? before + delimiter + after : before + after;
    }
}
