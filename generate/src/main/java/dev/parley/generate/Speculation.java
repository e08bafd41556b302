package dev.parley.generate;

import dev.parley.model.CausalLM;
import dev.parley.model.Continuation;

/**
 * Guesses the next tokens, and has the model score all guesses in one step; those that it would have chosen itself stay
 * (Leviathan et al. 2022, arXiv:2211.17192). Each is chosen as in plain decoding, with the same draw: the text is that of plain
 * decoding, and the time is less where the guesses are good.
 */
final class Speculation {

    /** Guesses how a text goes on. */
    interface Draft extends AutoCloseable {

        /** The next tokens, at most so many; none if it has no guess. @param ids of the text so far */
        int[] guess(int[] ids, int most);

        @Override
        default void close() {}
    }

    private final Draft draft;
    private final int guesses;

    /** @param guesses tokens guessed at most in a step */
    Speculation(Draft draft, int guesses) {
        this.draft = draft;
        this.guesses = guesses;
    }

    void decode(CausalLM model, GrowingText text, Interruption interruption) {
        // Scores of rejected guesses are fed too: room for them beyond the text's own end.
        var capacity = Math.min(model.config().maxPositionEmbeddings(), text.prompt().length + text.limit() + guesses + 1);
        try (var continuation = model.continueTexts(1, capacity)) {
            text.take(continuation.feed(new int[][] {text.prompt()})[0]);
            while (text.running()) {
                if (interruption.ends(text)) return;
                step(continuation, text, capacity);
            }
        }
    }

    private void step(Continuation continuation, GrowingText text, int capacity) {
        var ids = text.ids();
        var guess = draft.guess(ids, Math.min(guesses, capacity - ids.length));
        var fed = new int[1 + guess.length];
        fed[0] = ids[ids.length - 1];
        System.arraycopy(guess, 0, fed, 1, guess.length);
        var scores = continuation.feedAll(new int[][] {fed})[0];
        for (int i = 0; i < scores.length && text.running(); i++) {
            text.take(scores[i]);
            if (i < guess.length && text.lastId() != guess[i]) break;
        }
        continuation.truncate(0, text.ids().length - 1); // the last token is fed with the next guesses
    }
}
