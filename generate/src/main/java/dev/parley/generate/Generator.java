package dev.parley.generate;

import dev.parley.model.CausalLM;
import dev.parley.model.ModelException;
import dev.parley.tokenizer.StreamDecoder;
import dev.parley.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
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
 * The text of a prompt does not depend on whether the cache is used, nor on the other prompts of its batch.
 */
public final class Generator {

    private final CausalLM model;
    private final Optional<Tokenizer> tokenizer;

    /** A generator of texts. */
    public Generator(CausalLM model, Tokenizer tokenizer) {
        this(model, Optional.of(tokenizer));
    }

    /** A generator of ids alone, for a model without a tokenizer. */
    public Generator(CausalLM model) {
        this(model, Optional.empty());
    }

    private Generator(CausalLM model, Optional<Tokenizer> tokenizer) {
        this.model = model;
        this.tokenizer = tokenizer;
    }

    /**
     * A continued text.
     *
     * @param promptIds what it continues
     * @param ids the new tokens, an end-of-text token that ended it included
     * @param text of the new tokens, without special tokens and stop strings; empty without a tokenizer
     */
    public record Completion(int[] promptIds, int[] ids, String text, FinishReason finishReason) {}

    /** Continues a text. */
    public Completion generate(String prompt, GenerationConfig config) {
        return generate(List.of(requireTokenizer().encodeWithSpecialTokens(prompt)), config).getFirst();
    }

    /** Continues prompts as one batch; each row draws by itself, the first with the seed of the config. */
    public List<Completion> generate(List<int[]> prompts, GenerationConfig config) {
        return generate(prompts, config, (row, piece) -> {}, () -> false);
    }

    /** Continues a prompt and hands over each piece of text as soon as it is certain. */
    public Completion stream(int[] prompt, GenerationConfig config, Consumer<String> onText, BooleanSupplier cancelled) {
        return generate(List.of(prompt), config, (row, piece) -> onText.accept(piece), cancelled).getFirst();
    }

    /** Takes pieces of text as they come. */
    @FunctionalInterface
    public interface TextListener {
        void onText(int row, String piece);
    }

    /**
     * Continues prompts as one batch.
     *
     * @param listener takes each piece of text as soon as it is certain
     * @param cancelled asked before each step; if true, all end where they are
     * @throws ModelException if a prompt is empty or leaves no room in the context
     */
    public List<Completion> generate(List<int[]> prompts, GenerationConfig config, TextListener listener, BooleanSupplier cancelled) {
        var context = model.config().maxPositionEmbeddings();
        var texts = new ArrayList<Text>();
        for (int row = 0; row < prompts.size(); row++) {
            var prompt = prompts.get(row);
            if (prompt.length == 0) throw new ModelException("The prompt is empty; give it at least one token.");
            if (prompt.length >= context) {
                throw new ModelException("The prompt has " + prompt.length + " tokens and the model's context holds " + context + "; shorten it.");
            }
            texts.add(new Text(row, prompt, limit(config, prompt.length, context), config, listener));
        }
        decode(texts, config, cancelled);
        return texts.stream().map(Text::completion).toList();
    }

    private static int limit(GenerationConfig config, int promptLength, int context) {
        var room = context - promptLength;
        if (config.maxNewTokens() > 0) return Math.min(room, config.maxNewTokens());
        return config.maxLength() > 0 ? Math.max(0, Math.min(room, config.maxLength() - promptLength)) : room;
    }

    private void decode(List<Text> texts, GenerationConfig config, BooleanSupplier cancelled) {
        for (var text : texts) {
            if (text.limit == 0) text.end(FinishReason.LENGTH);
        }
        var longest = texts.stream().mapToInt(t -> t.prompt.length).max().orElse(0);
        var most = texts.stream().mapToInt(t -> t.prompt.length + t.limit).max().orElse(0);
        // libtorch fills rows up to the longest prompt and they share the context: with too little room they go one by one.
        if (texts.size() > 1 && longest + texts.stream().mapToInt(t -> t.limit).max().orElse(0) > model.config().maxPositionEmbeddings()) {
            for (var text : texts) decode(List.of(text), config, cancelled);
            return;
        }
        var running = new ArrayList<>(texts.stream().filter(Text::running).toList());
        if (running.isEmpty()) return;
        try (var continuation = model.continueTexts(running.size(), most)) {
            var feed = running.stream().map(t -> t.prompt).toArray(int[][]::new);
            while (true) {
                if (cancelled.getAsBoolean()) {
                    running.forEach(t -> t.end(FinishReason.CANCELLED));
                    return;
                }
                var scores = continuation.feed(feed);
                for (int row = 0; row < running.size(); row++) running.get(row).take(scores[row]);
                var left = IntStream.range(0, running.size()).filter(row -> running.get(row).running()).toArray();
                if (left.length == 0) return;
                if (left.length < running.size()) {
                    continuation.select(left);
                    running.removeIf(t -> !t.running());
                }
                feed = running.stream().map(t -> new int[] {t.lastId()}).toArray(int[][]::new);
            }
        }
    }

    private Tokenizer requireTokenizer() {
        return tokenizer.orElseThrow(() -> new IllegalStateException("The model has no tokenizer; give the prompt as ids."));
    }

    /** One text while it grows. */
    private final class Text {

        private final int row;
        private final int[] prompt;
        private final int limit;
        private final GenerationConfig config;
        private final TextListener listener;
        private final Sampler sampler;
        private final Optional<StreamDecoder> decoder;
        private final StopStrings stops;
        private final StringBuilder shown = new StringBuilder();
        private int[] ids; // prompt and answer, with room
        private int length;
        private Optional<FinishReason> finishReason = Optional.empty();

        Text(int row, int[] prompt, int limit, GenerationConfig config, TextListener listener) {
            this.row = row;
            this.prompt = prompt;
            this.limit = limit;
            this.config = config;
            this.listener = listener;
            sampler = new Sampler(config, prompt.length, row);
            decoder = tokenizer.map(t -> t.streamDecoder(true));
            stops = new StopStrings(config.stopStrings());
            ids = Arrays.copyOf(prompt, prompt.length + limit);
            length = prompt.length;
        }

        boolean running() {
            return finishReason.isEmpty();
        }

        int lastId() {
            return ids[length - 1];
        }

        void take(float[] scores) {
            var id = sampler.next(Arrays.copyOf(ids, length), scores);
            ids[length++] = id;
            var ends = !config.ignoreEos() && config.eosTokenIds().contains(id);
            if (!ends) decoder.ifPresent(d -> show(stops.push(d.push(id))));
            if (ends || stops.found()) end(FinishReason.STOP);
            else if (length == prompt.length + limit) end(FinishReason.LENGTH);
        }

        void end(FinishReason reason) {
            finishReason = Optional.of(reason);
            decoder.ifPresent(d -> show(stops.push(d.finish())));
            show(stops.finish());
            if (stops.found() && reason == FinishReason.LENGTH) finishReason = Optional.of(FinishReason.STOP);
        }

        private void show(String text) {
            if (text.isEmpty()) return;
            shown.append(text);
            listener.onText(row, text);
        }

        Completion completion() {
            return new Completion(prompt, Arrays.copyOfRange(ids, prompt.length, length), shown.toString(), finishReason.orElseThrow());
        }
    }
}
