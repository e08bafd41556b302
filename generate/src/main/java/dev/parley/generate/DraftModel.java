package dev.parley.generate;

import dev.parley.generate.sampling.Sampler;
import dev.parley.model.CausalLM;
import dev.parley.model.Continuation;
import java.util.Arrays;

/** Guesses by a smaller model of the same vocabulary, greedily. It keeps what it has read, and forgets guesses that were wrong. */
final class DraftModel implements Speculation.Draft {

    private final CausalLM model;
    private final Continuation continuation;
    private int[] read = new int[0];

    /** @param capacity tokens of the text at most */
    DraftModel(CausalLM model, int capacity) {
        this.model = model;
        continuation = model.continueTexts(1, Math.min(capacity, model.config().maxPositionEmbeddings()));
    }

    @Override
    public int[] guess(int[] ids, int most) {
        most = Math.min(most, model.config().maxPositionEmbeddings() - ids.length); // its context may be the shorter one
        if (most <= 0) return new int[0];
        var common = Arrays.mismatch(read, ids);
        if (common < 0 || common == ids.length) common = ids.length - 1; // its last token is read again, for the scores after it
        if (common < read.length) continuation.truncate(0, common);
        var guessed = Arrays.copyOf(ids, ids.length + most);
        var scores = continuation.feed(new int[][] {Arrays.copyOfRange(ids, common, ids.length)})[0];
        for (int i = ids.length; ; i++) {
            guessed[i] = Sampler.argmax(scores);
            if (i + 1 == guessed.length) break;
            scores = continuation.feed(new int[][] {{guessed[i]}})[0];
        }
        read = Arrays.copyOf(guessed, guessed.length - 1);
        return Arrays.copyOfRange(guessed, ids.length, guessed.length);
    }

    @Override
    public void close() {
        continuation.close();
    }
}
