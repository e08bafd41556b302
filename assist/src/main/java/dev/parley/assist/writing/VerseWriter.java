package dev.parley.assist.writing;

import dev.parley.generate.Generator;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.sampling.TokenLogprob;
import dev.parley.generate.strategy.Completion;
import dev.parley.generate.strategy.FinishReason;
import dev.parley.model.CausalLM;
import dev.parley.tokenizer.ChatTemplateInput;
import dev.parley.tokenizer.Message;
import dev.parley.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Writes poems in a form. Several are made as one batch, each with random numbers of its own, and ranked by the mean log-probability of
 * their tokens: the mean, since the sum would prefer short tokens to long ones for the same number of characters.
 */
public final class VerseWriter {

    private final Generator generator;
    private final Tokenizer tokenizer;
    private final GenerationConfig config;

    /**
     * @param config how to choose tokens; its grammar is replaced by the form's
     */
    public VerseWriter(CausalLM model, Tokenizer tokenizer, GenerationConfig config) {
        this.generator = new Generator(model, tokenizer);
        this.tokenizer = tokenizer;
        this.config = config;
    }

    /**
     * Writes poems about a topic.
     *
     * @param count how many are made
     * @param cancelled asked between tokens; if true, those that are done are returned
     * @return those that are whole, likeliest first
     * @throws IllegalStateException if none is whole, because the limit of tokens or the context is too short
     */
    public List<Poem> write(VerseForm form, String topic, int count, BooleanSupplier cancelled) {
        var settings = config.toBuilder().grammar(form.grammar()).numReturnSequences(count).logprobs(0).build();
        var completions = generator.generate(List.of(prompt(form.prompt(topic))), settings, (row, piece) -> {}, cancelled);
        var poems = new ArrayList<Poem>();
        for (var completion : completions) {
            if (completion.finishReason() == FinishReason.STOP && form.isKeptBy(completion.text())) poems.add(poem(completion));
        }
        if (poems.isEmpty() && !cancelled.getAsBoolean()) {
            throw new IllegalStateException("None of " + count + " poems was whole after " + completions.getFirst().ids().length
                    + " tokens; allow more by --max-new-tokens, or choose a model with a longer context.");
        }
        poems.sort(Comparator.comparingDouble(Poem::meanLogprob).reversed());
        return List.copyOf(poems);
    }

    /** The tokens of the request, as a chat where the model knows turns. */
    private int[] prompt(String text) {
        return tokenizer.chatTemplate()
                .map(template -> template.ids(tokenizer, ChatTemplateInput.of(List.of(Message.user(text))).withGenerationPrompt(true)))
                .orElseGet(() -> tokenizer.encodeForModel(text + "\n\n"));
    }

    private static Poem poem(Completion completion) {
        var mean = completion.logprobs().stream().mapToDouble(TokenLogprob::logprob).average().orElseThrow();
        return new Poem(completion.text(), mean, Arrays.stream(completion.ids()).boxed().toList());
    }
}
