package dev.parley.generate.strategy;

import dev.parley.generate.config.GenerationConfig;
import dev.parley.model.InferenceSession.Output;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * How a sequence goes on: what the model is to read next, and which tokens follow from its scores. The plain strategy takes one token
 * after the other, the likeliest or one that is drawn; those that extend it look further. An engine runs the strategies of many sequences
 * together, turn after turn: {@link #prepare}, a pass of the model over what the {@link #branches()} have pending, {@link #choose} when
 * all of it is read.
 */
public sealed class Strategy permits BeamSearch, ContrastiveSearch, Speculation {

    private final List<GeneratedText> texts;
    private final boolean usesCache;
    private List<Branch> branches;

    /** @param usesCache whether what was read is kept for the next token; the text is the same */
    Strategy(GeneratedText text, boolean usesCache) {
        this(List.of(text), text, usesCache);
    }

    /** @param first tokens to be read */
    Strategy(List<GeneratedText> texts, Tokens first, boolean usesCache) {
        this.texts = texts;
        this.usesCache = usesCache;
        branches = List.of(new Branch(first));
    }

    /**
     * The strategy that a configuration asks for.
     *
     * @param index of its first sequence among those of the prompt: each has its own random numbers
     * @param draft the engine's draft model, if it has one
     */
    public static Strategy of(Generation task, int index, Optional<DraftModel> draft) {
        var config = task.config();
        if (config.numBeams() > 1) return new BeamSearch(task);
        var text = new GeneratedText(task, index);
        if (isContrastive(config)) return new ContrastiveSearch(text, config.penaltyAlpha(), config.topK());
        if (config.useCache() && task.masks().isEmpty()) { // what a grammar allows after a drafted token is not known beforehand
            if (draft.isPresent()) return new Speculation(text, draft.get().newDrafter(config.assistantConfidenceThreshold()),
                    config.numAssistantTokens());
            if (config.promptLookupNumTokens() > 0) return new Speculation(text, new PromptLookup(), config.promptLookupNumTokens());
        }
        return new Strategy(text, config.useCache());
    }

    private static boolean isContrastive(GenerationConfig config) {
        return config.penaltyAlpha() > 0 && config.temperature() == 0;
    }

    /** Tokens that are fed together in each step, drafted ones not counted. */
    public static int width(GenerationConfig config) {
        return config.numBeams() > 1 ? config.numBeams() : isContrastive(config) ? config.topK() : 1;
    }

    /** What the model is to read. */
    public final List<Branch> branches() {
        return branches;
    }

    final void branches(List<Branch> next) {
        branches = next;
    }

    /** How many last tokens of each branch are read in one piece, with the scores after each of them. */
    public int lastTokens() {
        return 1;
    }

    /** Whether the final hidden states are wanted too. */
    public boolean readsStates() {
        return false;
    }

    /** Whether it may use prefixes that other sequences have read. */
    public boolean mayShare() {
        return usesCache;
    }

    /** Whether the tokens that a grammar allows next are known; if not, a thread of the executor computes them. */
    public boolean isReady(Executor executor) {
        var ready = true;
        for (var text : texts()) ready &= text.isGrammarReady(executor); // all are asked for at once
        return ready;
    }

    /**
     * Before a pass, on the engine's thread: brings the branches up to date.
     *
     * @param room for drafted tokens in the pass
     */
    public void prepare(int room) {}

    /**
     * Takes the states of a branch's tokens, where it {@link #readsStates}.
     *
     * @param from place of the first of them
     */
    public void read(Branch branch, int from, float[][] states) {}

    /**
     * Chooses what follows, when all branches have been read.
     *
     * @param outputs of their last tokens
     * @return new tokens
     */
    public int choose(List<Output> outputs) {
        var scores = outputs.getFirst().scores();
        texts.getFirst().take(scores[scores.length - 1]);
        if (!usesCache) release();
        return 1;
    }

    /** The sequences that are made, most likely first where they compete. */
    public List<GeneratedText> texts() {
        return texts;
    }

    /** Whether any of its texts goes on. */
    public boolean running() {
        return texts().stream().anyMatch(GeneratedText::running);
    }

    /** Ends what still runs. */
    public void end(FinishReason reason) {
        for (var text : texts()) {
            if (text.running()) text.end(reason);
        }
    }

    /** Forgets what was read; it is read again when the strategy goes on. */
    public void release() {
        branches.forEach(Branch::close);
    }
}
