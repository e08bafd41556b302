package dev.parley.generate;

import dev.parley.generate.Generator.Completion;
import dev.parley.generate.Generator.TextListener;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.sampling.Sampler;
import dev.parley.generate.sampling.StopStrings;
import dev.parley.generate.sampling.TokenLogprob;
import dev.parley.grammar.FormProgress;
import dev.parley.grammar.TokenMasks;
import dev.parley.tokenizer.StreamDecoder;
import dev.parley.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;

/** One text while it grows: its tokens, what of it has been shown, and why it ended. */
final class GrowingText {

    private final int row;
    private final int[] prompt;
    private final int limit;
    private final GenerationConfig config;
    private final Optional<FormProgress> form;
    private final TextListener listener;
    private final Sampler sampler;
    private final Optional<StreamDecoder> decoder;
    private final StopStrings stops;
    private final Set<Integer> stopTokens; // special tokens, which show no text, whose names hold a stop string
    private final StringBuilder shown = new StringBuilder();
    private final List<TokenLogprob> logprobs = new ArrayList<>();
    private int[] ids; // prompt and answer, with room
    private int length;
    private Optional<FinishReason> finishReason = Optional.empty();

    /**
     * @param row as the listener is told
     * @param index of the text among those of its prompt
     */
    GrowingText(int row, int index, int[] prompt, int limit, GenerationConfig config, Optional<Tokenizer> tokenizer, Optional<TokenMasks> masks, TextListener listener) {
        this(row, index, prompt, 0, limit, config, tokenizer, masks, listener);
    }

    /** @param begun how many of the prompt's last tokens are the answer's */
    GrowingText(int row, int index, int[] prompt, int begun, int limit, GenerationConfig config, Optional<Tokenizer> tokenizer, Optional<TokenMasks> masks,
            TextListener listener) {
        this.row = row;
        this.prompt = prompt;
        var answerFrom = prompt.length - begun; // where in the ids the answer begins
        this.limit = limit;
        this.config = config;
        form = masks.map(m -> m.follow(answerFrom));
        this.listener = listener;
        sampler = new Sampler(config, answerFrom, begun + limit, masks, index);
        decoder = tokenizer.map(t -> t.streamDecoder(true));
        stops = new StopStrings(config.stopStrings());
        stopTokens = StopStrings.tokens(config.stopStrings(), tokenizer);
        ids = Arrays.copyOf(prompt, prompt.length + Math.min(limit, 256));
        length = prompt.length;
        for (int i = answerFrom; i < length && running(); i++) read(prompt[i]);
        if (begun > 0 && running() && formIsComplete()) end(FinishReason.STOP);
    }

    int[] prompt() {
        return prompt;
    }

    /** New tokens at most. */
    int limit() {
        return limit;
    }

    boolean running() {
        return finishReason.isEmpty();
    }

    int lastId() {
        return ids[length - 1];
    }

    /** Prompt and answer so far. */
    int[] ids() {
        return Arrays.copyOf(ids, length);
    }

    /** Tokens of prompt and answer so far. */
    int length() {
        return length;
    }

    /** New tokens from a number on. */
    int[] newIds(int from) {
        return Arrays.copyOfRange(ids, prompt.length + from, length);
    }

    /** Of the new tokens from a number on; empty where the config asks for none. */
    List<TokenLogprob> newLogprobs(int from) {
        return logprobs.isEmpty() ? List.of() : List.copyOf(logprobs.subList(from, logprobs.size()));
    }

    /** Chooses the next token from its scores. @param scores changed */
    void take(float[] scores) {
        var raw = config.logprobs() >= 0 ? scores.clone() : scores;
        append(sampler.choose(processed(scores)), raw);
    }

    /** The scores of the next token after all processors. @param scores changed */
    float[] processed(float[] scores) {
        return sampler.processed(ids(), scores);
    }

    /** Adds the token that was chosen. @param raw its scores as the model gave them */
    void append(int id, float[] raw) {
        if (config.logprobs() >= 0) logprobs.add(TokenLogprob.of(id, raw, config.logprobs()));
        if (length == ids.length) ids = Arrays.copyOf(ids, Math.min(prompt.length + limit, 2 * length));
        ids[length++] = id;
        read(id);
        if (running() && formIsComplete()) end(FinishReason.STOP);
        else if (running() && length == prompt.length + limit) end(FinishReason.LENGTH);
    }

    private boolean formIsComplete() {
        return form.isPresent() && form.get().mustEnd(ids());
    }

    /** Whether it is known which tokens its form allows next; if not, some thread is asked to find it out. */
    boolean isFormReady(Executor executor) {
        return form.isEmpty() || form.get().isReady(ids(), executor);
    }

    /** Shows what a token of the answer adds to its text, and ends it where the token does. */
    private void read(int id) {
        var ends = !config.ignoreEos() && config.eosTokenIds().contains(id) || stopTokens.contains(id);
        if (!ends) decoder.ifPresent(d -> show(stops.push(d.push(id))));
        if (ends || stops.found()) end(FinishReason.STOP);
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
        return new Completion(prompt, Arrays.copyOfRange(ids, prompt.length, length), shown.toString(), finishReason.orElseThrow(), List.copyOf(logprobs));
    }
}
