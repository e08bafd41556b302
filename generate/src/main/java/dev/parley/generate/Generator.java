package dev.parley.generate;

import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.engine.InferenceEngine;
import dev.parley.generate.engine.InferenceEngine.Answer;
import dev.parley.generate.engine.InferenceEngine.Ticket;
import dev.parley.generate.engine.TextRequest;
import dev.parley.generate.strategy.Completion;
import dev.parley.generate.strategy.DraftModel;
import dev.parley.grammar.Constraints;
import dev.parley.model.Adapter;
import dev.parley.model.CausalLM;
import dev.parley.model.LanguageModel;
import dev.parley.model.ModelException;
import dev.parley.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Generates text token by token: score, choose, append, until a stop.
 *
 * <pre>{@code
 * var generator = new Generator(model, tokenizer);
 * var answer = generator.generate("Once upon a time", GenerationConfig.DEFAULT.withMaxNewTokens(50));
 * System.out.println(answer.text());
 * }</pre>
 *
 * Each call runs an {@link InferenceEngine} of its own on the caller's thread. The output for a prompt depends neither on the cache nor
 * on the other prompts of its batch. The exception is a model in bfloat16 on a machine that computes bfloat16 fast: there libtorch
 * prefills prompts of 64 tokens or more, and rounds differently from the Java engine. {@link dev.parley.model.Backend#JAVA} uses the
 * Java engine alone.
 */
public final class Generator {

    private final LanguageModel model;
    private final Optional<Tokenizer> tokenizer;
    private final Optional<CausalLM> draftModel;
    private final Optional<Constraints> constraints;
    private final Optional<Adapter> adapter;

    /** A generator of text. */
    public Generator(LanguageModel model, Tokenizer tokenizer) {
        this(model, Optional.of(tokenizer), Optional.empty(), Optional.empty());
    }

    /** A generator of token ids only, for a model without a tokenizer. */
    public Generator(LanguageModel model) {
        this(model, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /**
     * The same generator with a draft model for speculative decoding; the output stays the same, and comes sooner where the drafts are
     * good.
     *
     * @throws ModelException if it has another vocabulary
     */
    public Generator withDraftModel(CausalLM draft) {
        DraftModel.check(draft, model);
        return new Generator(model, tokenizer, Optional.of(draft), adapter);
    }

    /** The same generator of the model as an adapter changes it. */
    public Generator withAdapter(Adapter adapter) {
        return new Generator(model, tokenizer, draftModel, Optional.of(adapter));
    }

    private Generator(LanguageModel model, Optional<Tokenizer> tokenizer, Optional<CausalLM> draftModel, Optional<Adapter> adapter) {
        this.adapter = adapter;
        this.model = model;
        this.draftModel = draftModel;
        this.tokenizer = tokenizer;
        constraints = tokenizer.map(Constraints::new);
    }

    /** Takes pieces of text as they come. */
    @FunctionalInterface
    public interface TextListener {
        /** Takes a piece of text that is final, of the sequence in this row. */
        void onText(int row, String piece);
    }

    /** Continues a prompt, with the special tokens that the tokenizer adds to every text. */
    public Completion generate(String prompt, GenerationConfig config) {
        return generate(List.of(requireTokenizer().encodeForModel(prompt)), config).getFirst();
    }

    /** Continues prompts as one batch; each sequence has its own random numbers, by the config's seed and its number for its prompt. */
    public List<Completion> generate(List<int[]> prompts, GenerationConfig config) {
        return generate(prompts, config, (row, piece) -> {}, () -> false);
    }

    /** Continues a prompt and hands over each piece of text as soon as it is final. */
    public Completion stream(int[] prompt, GenerationConfig config, Consumer<String> onText, BooleanSupplier cancelled) {
        return generate(List.of(prompt), config, (row, piece) -> onText.accept(piece), cancelled).getFirst();
    }

    /**
     * Continues prompts as one batch.
     *
     * @param listener takes each piece of text as soon as it is final; beams only when they are done
     * @param cancelled asked before each step; if true, all end where they are
     * @return {@code numReturnSequences} completions for each prompt, in order
     * @throws ModelException if a prompt is empty or leaves no room in the context
     */
    public List<Completion> generate(List<int[]> prompts, GenerationConfig config, TextListener listener, BooleanSupplier cancelled) {
        return answers(prompts, config, listener, cancelled).stream().flatMap(answer -> answer.completions().stream()).toList();
    }

    /** As {@link #generate(List, GenerationConfig, TextListener, BooleanSupplier)}, with how long each prompt took. */
    public List<Answer> answers(List<int[]> prompts, GenerationConfig config, TextListener listener, BooleanSupplier cancelled) {
        var tickets = new ArrayList<Ticket>();
        try (var engine = InferenceEngine.onThisThread(model, tokenizer, constraints, draftModel, cancelled)) {
            for (int i = 0; i < prompts.size(); i++) {
                var first = i * config.numReturnSequences();
                var request = TextRequest.of(prompts.get(i), config);
                tickets.add(engine.submit(adapter.map(request::with).orElse(request), (row, ids, logprobs, text) -> {
                    if (!text.isEmpty()) listener.onText(first + row, text);
                }));
            }
            engine.finish();
        }
        return tickets.stream().map(ticket -> ticket.answer().join()).toList();
    }

    private Tokenizer requireTokenizer() {
        return tokenizer.orElseThrow(() -> new IllegalStateException(InferenceEngine.NO_TOKENIZER));
    }
}
