package dev.parley.generate;

import dev.parley.model.CausalLM;
import dev.parley.model.Continuation;
import java.util.Arrays;
import java.util.function.BooleanSupplier;

/**
 * Guesses the next tokens from where the text has said the like before, and has the model score all guesses in one step;
 * those that it would have chosen itself stay (Leviathan et al. 2022, arXiv:2211.17192, with the text itself for a draft, as
 * prompt lookup decoding does). The text is that of plain decoding; the time is less where texts repeat themselves.
 */
final class Speculation {

    private static final int LONGEST_MATCH = 3;

    private final int guesses;

    /** @param guesses tokens guessed at most in a step */
    Speculation(int guesses) {
        this.guesses = guesses;
    }

    void decode(CausalLM model, GrowingText text, BooleanSupplier cancelled) {
        // Scores of rejected guesses are fed too: room for them beyond the text's own end.
        var capacity = Math.min(model.config().maxPositionEmbeddings(), text.prompt().length + text.limit() + guesses + 1);
        try (var continuation = model.continueTexts(1, capacity)) {
            text.take(continuation.feed(new int[][] {text.prompt()})[0]);
            while (text.running()) {
                if (cancelled.getAsBoolean()) {
                    text.end(FinishReason.CANCELLED);
                    return;
                }
                step(continuation, text, capacity);
            }
        }
    }

    private void step(Continuation continuation, GrowingText text, int capacity) {
        var ids = text.ids();
        var guess = guess(ids, Math.min(guesses, capacity - ids.length));
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

    /** What followed the last place where the text's end stood before: the longest end of three tokens or fewer. */
    private static int[] guess(int[] ids, int most) {
        for (int n = Math.min(LONGEST_MATCH, ids.length - 1); n > 0; n--) {
            for (int at = ids.length - n - 1; at >= 0; at--) {
                if (Arrays.equals(ids, at, at + n, ids, ids.length - n, ids.length)) {
                    return Arrays.copyOfRange(ids, at + n, Math.min(at + n + Math.max(0, most), ids.length));
                }
            }
        }
        return new int[0];
    }
}
