package dev.parley.generate.strategy;

import dev.parley.model.InferenceSession.Output;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * Guesses the next tokens, and has the model score all guesses in one pass; those that it would have chosen itself stay
 * (Leviathan et al. 2022, arXiv:2211.17192). Each is chosen as in plain decoding, with the same draw: the text is that of plain
 * decoding, and the time is less where the guesses are good.
 */
final class Speculation extends Strategy {

    /** Guesses how a text goes on. */
    interface Draft extends AutoCloseable {

        /** The next tokens, at most so many; none if it has no guess. @param ids of the text so far */
        int[] guess(int[] ids, int most);

        @Override
        default void close() {}
    }

    private final GeneratedText text;
    private final Draft draft;
    private final int guesses;
    private int[] guessed = {};

    /** @param guesses tokens guessed at most in a step */
    Speculation(GeneratedText text, Draft draft, int guesses) {
        super(List.of(new Branch(text)));
        this.text = text;
        this.draft = draft;
        this.guesses = guesses;
    }

    @Override
    public boolean isReady(Executor executor) {
        return text.isFormReady(executor);
    }

    /** Guesses where there is room for all guesses: a few alone are not worth the pass. */
    @Override
    public void prepare(int room) {
        if (guessed.length > 0) return; // not read yet
        var branch = branches().getFirst();
        if (!branch.isOpen() || branch.pending() != 1 || text.answerLength() == 0) return;
        var most = Math.min(guesses, text.limit() - text.answerLength() - 1); // the last token needs no guess
        if (most < 1 || room < most) return;
        guessed = draft.guess(text.ids(), most);
        if (guessed.length > 0) branches(List.of(branch.grow(Tokens.of(withGuesses()))));
    }

    private int[] withGuesses() {
        var ids = text.ids();
        var all = Arrays.copyOf(ids, ids.length + guessed.length);
        System.arraycopy(guessed, 0, all, ids.length, guessed.length);
        return all;
    }

    @Override
    public int lastTokens() {
        return 1 + guessed.length;
    }

    @Override
    public int choose(List<Output> outputs) {
        var scores = outputs.getFirst().scores();
        var before = text.answerLength();
        for (int i = 0, from = scores.length - lastTokens(); i <= guessed.length && text.running(); i++) {
            text.take(scores[from + i]);
            if (i < guessed.length && text.lastId() != guessed[i]) break;
        }
        if (guessed.length > 0) {
            var branch = branches().getFirst().grow(text);
            branch.cache().truncate(text.length() - 1); // the last token is read with the next guesses
            branches(List.of(branch));
            guessed = new int[0];
        }
        return text.answerLength() - before;
    }

    @Override
    public List<GeneratedText> texts() {
        return List.of(text);
    }

    @Override
    public boolean running() {
        return text.running();
    }

    @Override
    public void end(FinishReason reason) {
        if (text.running()) text.end(reason);
    }

    @Override
    public void release() {
        super.release();
        branches(List.of(new Branch(text)));
        guessed = new int[0];
        draft.close();
    }
}
