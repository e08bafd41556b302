package dev.parley.generate.strategy;

import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.sampling.Sampler;
import dev.parley.generate.sampling.StopStrings;
import dev.parley.generate.sampling.TokenLogprob;
import dev.parley.grammar.GrammarProgress;
import dev.parley.tokenizer.StreamDecoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;

/** A text while it is generated: its tokens, the part that has been shown, and why it ended. */
public final class GeneratedText implements Tokens {

    private final int[] prompt;
    private final int limit;
    private final GenerationConfig config;
    private final Optional<GrammarProgress> grammar;
    private final Sampler sampler;
    private final Optional<StreamDecoder> decoder;
    private final StopStrings stops;
    private final Map<Integer, String> stopTokens; // special tokens, which show no text, whose names hold a stop string
    private final StringBuilder shown = new StringBuilder();
    private final List<TokenLogprob> logprobs = new ArrayList<>();
    private int[] ids; // prompt and answer, with room
    private int length;
    private Optional<FinishReason> finishReason = Optional.empty();

    /** @param index of the text among those of its prompt */
    GeneratedText(Generation task, int index) {
        prompt = task.prompt();
        limit = task.limit();
        config = task.config();
        var answerFrom = task.answerFrom();
        grammar = task.masks().map(m -> m.follow(answerFrom));
        sampler = new Sampler(config, task.processors(), index);
        decoder = task.tokenizer().map(t -> t.streamDecoder(Set.copyOf(config.shownSpecialTokens())));
        stops = new StopStrings(config.stopStrings());
        stopTokens = StopStrings.tokens(config.stopStrings(), task.tokenizer());
        ids = Arrays.copyOf(prompt, prompt.length + Math.min(limit, 256));
        length = prompt.length;
        for (int i = answerFrom; i < length && running(); i++) read(prompt[i]);
        if (task.begun() > 0 && running() && grammarIsComplete()) end(FinishReason.STOP);
    }

    /** New tokens at most. */
    public int limit() {
        return limit;
    }

    /** Whether it goes on. */
    public boolean running() {
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
    @Override
    public int length() {
        return length;
    }

    @Override
    public int[] range(int from, int to) {
        return Arrays.copyOfRange(ids, from, to);
    }

    /** New tokens so far. */
    int answerLength() {
        return length - prompt.length;
    }

    /** New tokens from a number on. */
    public int[] newIds(int from) {
        return Arrays.copyOfRange(ids, prompt.length + from, length);
    }

    /** What is certain of its text, from a character on. */
    public String newText(int from) {
        return shown.substring(from);
    }

    /** Of the new tokens from a number on; empty where the config asks for none. */
    public List<TokenLogprob> newLogprobs(int from) {
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
        append(id);
    }

    /** Adds a token without its log-probability. */
    void append(int id) {
        if (length == ids.length) ids = Arrays.copyOf(ids, Math.min(prompt.length + limit, 2 * length));
        ids[length++] = id;
        read(id);
        if (running() && grammarIsComplete()) end(FinishReason.STOP);
        else if (running() && length == prompt.length + limit) end(FinishReason.LENGTH);
    }

    private boolean grammarIsComplete() {
        return grammar.isPresent() && grammar.get().mustEnd(ids());
    }

    /** Whether the tokens that its grammar allows next are known; if not, a thread of the executor computes them. */
    boolean isGrammarReady(Executor executor) {
        return grammar.isEmpty() || grammar.get().isReady(ids(), executor);
    }

    /** Shows what a token of the answer adds to its text, and ends it where the token does. */
    private void read(int id) {
        var ends = !config.ignoreEos() && config.eosTokenIds().contains(id) || stopTokens.containsKey(id);
        if (!ends) decoder.ifPresent(d -> shown.append(stops.push(d.push(id))));
        if (ends || stops.found().isPresent()) end(FinishReason.STOP);
    }

    /** Ends it, and shows what was held back. */
    public void end(FinishReason reason) {
        finishReason = Optional.of(reason);
        decoder.ifPresent(d -> shown.append(stops.push(d.finish())));
        shown.append(stops.finish());
        if (stops.found().isPresent() && reason == FinishReason.LENGTH) finishReason = Optional.of(FinishReason.STOP);
    }

    /** The text as the caller gets it. Only once it has ended. */
    public Completion completion() {
        return new Completion(prompt, Arrays.copyOfRange(ids, prompt.length, length), shown.toString(), finishReason.orElseThrow(),
                stopString(), List.copyOf(logprobs));
    }

    private Optional<String> stopString() {
        if (stops.found().isPresent() || length == prompt.length) return stops.found();
        return Optional.ofNullable(stopTokens.get(lastId()));
    }
}
