package dev.parley.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import dev.parley.generate.Script;
import dev.parley.serve.models.ModelSource;
import dev.parley.tokenizer.ChatTemplateInput;
import dev.parley.tokenizer.Message;
import dev.parley.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The model {@code thinker}, which at temperature 0 answers {@link #QUESTION} by {@code Four.} and thinks {@code Two and two.} before
 * that, unless it is told not to. Where its template is given {@code opens}, the prompt ends within the thoughts.
 */
public final class Thinker {

    /** What it knows the answer of. */
    public static final String QUESTION = "2 + 2?";

    private static final String THOUGHT = "Two and two.\n";
    private static final String ANSWER = "</think>\n\nFour.";

    private Thinker() {}

    /** The model, whose tokenizer is put into a folder. */
    public static ModelSource in(Path folder) {
        return TestServer.source("thinker", TestServer.THINKING, folder, Thinker::scripts);
    }

    private static Map<List<Integer>, Double> scripts(Tokenizer tokenizer) {
        var scripts = new HashMap<List<Integer>, Double>();
        var cases = List.<Map<String, JsonNode>>of(Map.of(), Map.of("opens", BooleanNode.TRUE),
                Map.of("enable_thinking", BooleanNode.FALSE));
        for (var variables : cases) {
            var answer = variables.isEmpty() ? "<think>\n" + THOUGHT + ANSWER
                    : variables.containsKey("opens") ? THOUGHT + ANSWER : "Four.";
            var conversation = ChatTemplateInput.of(List.of(Message.user(QUESTION))).withVariables(variables).withGenerationPrompt(true);
            var prompt = tokenizer.chatTemplate().orElseThrow().ids(tokenizer, conversation);
            scripts.putAll(Script.answer(prompt, tokenizer, answer, TestServer.END_OF_TEXT));
        }
        return scripts;
    }
}
