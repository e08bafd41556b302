package dev.parley.generate;

import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.sampling.StopStrings;
import dev.parley.generate.sampling.TokenLogprob;
import dev.parley.grammar.Constraints;
import dev.parley.grammar.TokenMasks;
import dev.parley.model.CausalLM;
import dev.parley.model.ModelException;
import dev.parley.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Continues texts, token by token: score, choose, append, until a stop.
 *
 * <pre>{@code
 * var generator = new Generator(model, tokenizer);
 * var answer = generator.generate("Once upon a time", GenerationConfig.DEFAULT.withMaxNewTokens(50));
 * System.out.println(answer.text());
 * }</pre>
 *
 * The text of a prompt does not depend on whether the cache is used, nor on the other prompts of its batch. Where the machine computes
 * bfloat16 fast, a model in bfloat16 is the exception: libtorch then runs batches of 17 texts and more, reads prompts from 64 tokens on
 * and all without a cache, and rounds otherwise than our kernels. {@link dev.parley.model.Backend#JAVA} keeps to one of the two.
 */
public final class Generator {

    private final CausalLM model;
    private final Optional<Tokenizer> tokenizer;
    private final Optional<CausalLM> draftModel;
    private final Optional<Constraints> constraints;

    /** A generator of texts. */
    public Generator(CausalLM model, Tokenizer tokenizer) {
        this(model, Optional.of(tokenizer), Optional.empty());
    }

    /** A generator of ids alone, for a model without a tokenizer. */
    public Generator(CausalLM model) {
        this(model, Optional.empty(), Optional.empty());
    }

    /**
     * The same generator with a smaller model that guesses the next tokens of a text that is continued alone; the text stays the
     * same, and comes sooner where the guesses are good.
     *
     * @throws ModelException if it has another vocabulary
     */
    public Generator withDraftModel(CausalLM draft) {
        if (draft.config().vocabSize() != model.config().vocabSize()) {
            throw new ModelException("The draft model has " + draft.config().vocabSize() + " tokens and the model " + model.config().vocabSize()
                    + "; a draft model needs the same tokenizer.");
        }
        return new Generator(model, tokenizer, Optional.of(draft));
    }

    private Generator(CausalLM model, Optional<Tokenizer> tokenizer, Optional<CausalLM> draftModel) {
        this.model = model;
        this.draftModel = draftModel;
        this.tokenizer = tokenizer;
        constraints = tokenizer.map(Constraints::new);
    }

    /**
     * A continued text.
     *
     * @param promptIds what it continues
     * @param ids the new tokens, an end-of-text token that ended it included
     * @param text of the new tokens, without special tokens and stop strings; empty without a tokenizer
     * @param logprobs of each new token, where the config asks for them
     */
    public record Completion(int[] promptIds, int[] ids, String text, FinishReason finishReason, List<TokenLogprob> logprobs) {}

    /** Takes pieces of text as they come. */
    @FunctionalInterface
    public interface TextListener {
        void onText(int row, String piece);
    }

    /** Continues a text, as a model reads it: with the tokens that the tokenizer puts around every text. */
    public Completion generate(String prompt, GenerationConfig config) {
        return generate(List.of(requireTokenizer().encodeForModel(prompt)), config).getFirst();
    }

    /** Continues prompts as one batch; each row draws by itself, by the config's seed and its number among the answers to its prompt. */
    public List<Completion> generate(List<int[]> prompts, GenerationConfig config) {
        return generate(prompts, config, (row, piece) -> {}, () -> false);
    }

    /** Continues a prompt and hands over each piece of text as soon as it is certain. */
    public Completion stream(int[] prompt, GenerationConfig config, Consumer<String> onText, BooleanSupplier cancelled) {
        return generate(List.of(prompt), config, (row, piece) -> onText.accept(piece), cancelled).getFirst();
    }

    /**
     * Continues prompts as one batch.
     *
     * @param listener takes each piece of text as soon as it is certain; beams are told of when they are done
     * @param cancelled asked before each step; if true, all end where they are
     * @return for each prompt, in order, {@code numReturnSequences} texts
     * @throws ModelException if a prompt is empty or leaves no room in the context
     */
    public List<Completion> generate(List<int[]> prompts, GenerationConfig config, TextListener listener, BooleanSupplier cancelled) {
        for (var prompt : prompts) check(model, prompt);
        var interruption = new Interruption(config, cancelled);
        if (config.numBeams() > 1) return beams(prompts, config, listener, interruption);
        var texts = new ArrayList<GrowingText>();
        var masks = masks(config);
        for (var prompt : prompts) {
            for (int i = 0; i < config.numReturnSequences(); i++) {
                texts.add(new GrowingText(texts.size(), i, prompt, limit(model, config, prompt.length), config, tokenizer, masks, listener));
            }
        }
        for (var text : texts) {
            if (text.limit() == 0) text.end(FinishReason.LENGTH);
        }
        decode(texts, config, interruption);
        return texts.stream().map(GrowingText::completion).toList();
    }

    static void check(CausalLM model, int[] prompt) {
        var context = model.config().maxPositionEmbeddings();
        if (prompt.length == 0) throw new ModelException("The prompt is empty; give it at least one token.");
        if (prompt.length >= context) {
            throw new ModelException("The prompt has " + prompt.length + " tokens and the model's context holds " + context + "; shorten it.");
        }
    }

    /** New tokens at most. */
    static int limit(CausalLM model, GenerationConfig config, int promptLength) {
        var room = model.config().maxPositionEmbeddings() - promptLength;
        if (config.maxNewTokens() > 0) return Math.min(room, config.maxNewTokens());
        return config.maxLength() > 0 ? Math.max(0, Math.min(room, config.maxLength() - promptLength)) : room;
    }

    private void decode(List<GrowingText> all, GenerationConfig config, Interruption interruption) {
        var running = new ArrayList<>(all.stream().filter(GrowingText::running).toList());
        if (running.isEmpty()) return;
        var longest = running.stream().mapToInt(t -> t.prompt().length).max().orElseThrow();
        // libtorch fills rows up to the longest prompt and they share the context: with too little room they go one by one.
        if (running.size() > 1 && longest + running.stream().mapToInt(GrowingText::limit).max().orElseThrow() > model.config().maxPositionEmbeddings()) {
            for (var text : running) decode(List.of(text), config, interruption);
        } else if (!config.useCache()) {
            decodeAfresh(running, interruption);
        } else if (config.penaltyAlpha() > 0 && config.temperature() == 0) {
            for (var text : running) new ContrastiveSearch(config.penaltyAlpha(), config.topK()).decode(model, text, interruption);
        } else if (draftModel.isPresent() && running.size() == 1) {
            var text = running.getFirst();
            try (var draft = new DraftModel(draftModel.get(), text.prompt().length + text.limit() + config.numAssistantTokens())) {
                new Speculation(draft, config.numAssistantTokens()).decode(model, text, interruption);
            }
        } else if (config.promptLookupNumTokens() > 0 && running.size() == 1) {
            new Speculation(new PromptLookup(), config.promptLookupNumTokens()).decode(model, running.getFirst(), interruption);
        } else {
            decodeTogether(running, interruption);
        }
    }

    private void decodeTogether(List<GrowingText> running, Interruption interruption) {
        var capacity = running.stream().mapToInt(t -> t.prompt().length + t.limit()).max().orElseThrow();
        try (var continuation = model.continueTexts(running.size(), capacity)) {
            var feed = running.stream().map(GrowingText::prompt).toArray(int[][]::new);
            while (!interruption.ends(running)) {
                var scores = continuation.feed(feed);
                for (int row = 0; row < running.size(); row++) running.get(row).take(scores[row]);
                var texts = List.copyOf(running);
                var left = IntStream.range(0, texts.size()).filter(row -> texts.get(row).running()).toArray();
                if (left.length == 0) return;
                if (left.length < running.size()) {
                    continuation.select(left);
                    running.removeIf(t -> !t.running());
                }
                feed = running.stream().map(t -> new int[] {t.lastId()}).toArray(int[][]::new);
            }
        }
    }

    /** Without a cache every step reads the whole text again. */
    private void decodeAfresh(List<GrowingText> running, Interruption interruption) {
        while (!running.isEmpty() && !interruption.ends(running)) {
            for (var text : running) {
                try (var continuation = model.continueTexts(1, text.ids().length)) {
                    text.take(continuation.feed(new int[][] {text.ids()})[0]);
                }
            }
            running.removeIf(t -> !t.running());
        }
    }

    private List<Completion> beams(List<int[]> prompts, GenerationConfig config, TextListener listener, Interruption interruption) {
        var completions = new ArrayList<Completion>();
        var masks = masks(config);
        for (var prompt : prompts) {
            var limit = limit(model, config, prompt.length);
            if (limit == 0) throw new ModelException("No token can be made: the limit is 0.");
            try (var continuation = model.continueTexts(1, prompt.length + limit)) {
                for (var beam : new BeamSearch(config, prompt, limit, masks, stops(config, masks)).search(continuation, interruption)) {
                    var text = text(beam.ids(), config);
                    listener.onText(completions.size(), text);
                    completions.add(new Completion(prompt, beam.ids(), text, beam.reason(), List.of()));
                }
            }
        }
        return completions;
    }

    private Predicate<int[]> stops(GenerationConfig config, Optional<TokenMasks> masks) {
        var form = masks.map(m -> m.follow(0));
        Predicate<int[]> satisfied = ids -> form.isPresent() && form.get().mustEnd(ids);
        if (config.stopStrings().isEmpty() || tokenizer.isEmpty()) return satisfied;
        var tokens = StopStrings.tokens(config.stopStrings(), tokenizer);
        return satisfied.or(ids -> tokens.contains(ids[ids.length - 1])).or(ids -> {
            var text = tokenizer.get().decode(ids, true);
            return config.stopStrings().stream().anyMatch(text::contains);
        });
    }

    private Optional<TokenMasks> masks(GenerationConfig config) {
        if (config.grammar().isPresent()) requireTokenizer();
        return config.grammar().flatMap(grammar -> constraints.map(c -> c.masks(grammar)));
    }

    private String text(int[] ids, GenerationConfig config) {
        if (tokenizer.isEmpty()) return "";
        var text = tokenizer.get().decode(ids, true);
        var end = config.stopStrings().stream().mapToInt(text::indexOf).filter(i -> i >= 0).min().orElse(text.length());
        return text.substring(0, end);
    }

    private Tokenizer requireTokenizer() {
        return tokenizer.orElseThrow(() -> new IllegalStateException("The model has no tokenizer, so that it reads and writes ids alone."));
    }
}
