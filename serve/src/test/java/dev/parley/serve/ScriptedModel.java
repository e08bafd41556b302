package dev.parley.serve;

import dev.parley.generate.config.GenerationConfig;
import dev.parley.grammar.Grammar;
import dev.parley.kernels.DType;
import dev.parley.model.Backend;
import dev.parley.model.CausalLM;
import dev.parley.model.WeightType;
import dev.parley.serve.models.ModelSource;
import dev.parley.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Small models of random weights that say what a trained one would: a grammar, which is among the model's defaults, holds them to it. */
public final class ScriptedModel {

    /** Of a model that thinks: it has the thoughts of earlier turns, closes thoughts where there are to be none, and can open them. */
    public static final String THINKING = "{% for m in messages %}{{ m['role'] + ': ' }}{% if m['reasoning_content'] %}"
            + "{{ '<think>' + m['reasoning_content'] + '</think>' }}{% endif %}{{ m['content'] + '\\n' }}{% endfor %}"
            + "{% if add_generation_prompt %}{{ 'assistant: ' }}{% if enable_thinking is defined and not enable_thinking %}"
            + "{{ '<think>\\n\\n</think>\\n\\n' }}{% elif opens is defined %}{{ '<think>\\n' }}{% endif %}{% endif %}";

    private ScriptedModel() {}

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
