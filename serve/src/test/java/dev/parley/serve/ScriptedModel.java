package dev.parley.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import dev.parley.generate.Script;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.grammar.Grammar;
import dev.parley.kernels.DType;
import dev.parley.model.Backend;
import dev.parley.model.CausalLM;
import dev.parley.model.WeightType;
import dev.parley.serve.models.ModelSource;
import dev.parley.tokenizer.ChatTemplateInput;
import dev.parley.tokenizer.Message;
import dev.parley.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Small models of random weights that say what a trained one would: a grammar, which is among the model's defaults, holds them to it. */
public final class ScriptedModel {

    /** Of a model that thinks: it has the thoughts of earlier turns, closes thoughts where there are to be none, and can open them. */
    public static final String THINKING = "{% for m in messages %}{{ m['role'] + ': ' }}{% if m['reasoning_content'] %}"
            + "{{ '<think>' + m['reasoning_content'] + '</think>' }}{% endif %}{{ m['content'] + '\\n' }}{% endfor %}"
            + "{% if add_generation_prompt %}{{ 'assistant: ' }}{% if enable_thinking is defined and not enable_thinking %}"
            + "{{ '<think>\\n\\n</think>\\n\\n' }}{% elif opens is defined %}{{ '<think>\\n' }}{% endif %}{% endif %}";

    private ScriptedModel() {}

    /** Biases by which a model of the template {@link #THINKING} answers what 2 + 2 is, with a thought unless it is not to think. */
    public static Map<List<Integer>, Double> thinking(Tokenizer tokenizer) {
        var scripts = new HashMap<List<Integer>, Double>();
        var cases = List.<Map<String, JsonNode>>of(Map.of(), Map.of("opens", BooleanNode.TRUE),
                Map.of("enable_thinking", BooleanNode.FALSE));
        for (var variables : cases) {
            var thought = variables.isEmpty() ? "<think>\nTwo and two.\n</think>\n\n"
                    : variables.containsKey("opens") ? "Two and two.\n</think>\n\n" : "";
            var conversation = ChatTemplateInput.of(List.of(Message.user("2 + 2?"))).withVariables(variables).withGenerationPrompt(true);
            var prompt = tokenizer.chatTemplate().orElseThrow().ids(tokenizer, conversation);
            scripts.putAll(Script.answer(prompt, tokenizer, thought + "Four.", TestServer.END_OF_TEXT));
        }
        return scripts;
    }

    /**
     * A model with a template of its own.
     *
     * @param folder that its files are put into
     * @param answers one of which it gives; it says anything where there are none
     */
    public static ModelSource of(String id, Path folder, String template, String... answers) {
        try {
            copyTo(folder);
            Files.writeString(folder.resolve("chat_template.jinja"), template);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return in(id, folder, answers);
    }

    /** Makes a folder of the model that chats by ChatML. */
    public static void copyTo(Path folder) throws IOException {
        Files.createDirectories(folder);
        try (var files = Files.list(TestServer.modelFolder("tiny", 7))) {
            for (var file : files.toList()) Files.copy(file, folder.resolve(file.getFileName()));
        }
    }

    /** A model that chats by ChatML. */
    public static ModelSource of(String id, String... answers) {
        return in(id, TestServer.modelFolder("tiny", 7), answers);
    }

    /** A model of a folder that is there. */
    public static ModelSource in(String id, Path folder, String... answers) {
        var defaults = GenerationConfig.builder().eosTokenIds(List.of(TestServer.END_OF_TEXT, TestServer.END_OF_TURN));
        if (answers.length > 0) defaults.grammar(Grammar.ofChoice(List.of(answers)));
        return new ModelSource(id, List.of(), 10L << 20, TestServer.CONTEXT, List.of(), Optional.of(folder),
                () -> new ModelSource.Parts(CausalLM.fromPretrained(folder, WeightType.INT8, DType.BFLOAT16, Backend.JAVA),
                        Tokenizer.load(folder), defaults.build()));
    }
}
