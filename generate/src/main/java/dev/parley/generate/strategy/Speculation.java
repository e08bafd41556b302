package dev.parley.generate.strategy;

import dev.parley.model.InferenceSession.Output;
import java.util.Arrays;
import java.util.List;

/**
 * Speculative decoding: drafts the next tokens and has the model score the whole draft in one pass; drafted tokens that the model
 * would have chosen itself are accepted (Leviathan et al. 2022, arXiv:2211.17192). Each is chosen as in plain decoding, with the same
 * random draw: the output is the same, and comes sooner where the drafts are good.
 */
final class Speculation extends Strategy {

    /** Drafts the continuation of a sequence. */
    interface Drafter extends AutoCloseable {

        /** The next tokens, at most so many; none if it has no idea. @param ids of the sequence so far */
        int[] draft(int[] ids, int most);

        @Override
        default void close() {}
    }

    private final GeneratedText text;
    private final Drafter drafter;
    private final int draftLength;
    private int[] drafted = {};

    /** @param draftLength most tokens drafted in a step */
    Speculation(GeneratedText text, Drafter drafter, int draftLength) {
        super(text, true);
        this.text = text;
        this.drafter = drafter;
        this.draftLength = draftLength;
    }

    @Override
    public void prepare(int room) {
        if (drafted.length > 0) return; // not read yet
        var branch = branches().getFirst();
        if (!branch.isOpen() || branch.pending() != 1 || text.answerLength() == 0) return;
        var most = Math.min(Math.min(draftLength, room), text.limit() - text.answerLength() - 1); // the last token needs no draft
        if (most < 1) return;
        drafted = drafter.draft(text.ids(), most);
        if (drafted.length > 0) branches(List.of(branch.grow(Tokens.of(withDraft()))));
    }

    private int[] withDraft() {
        var ids = text.ids();
        var all = Arrays.copyOf(ids, ids.length + drafted.length);
        System.arraycopy(drafted, 0, all, ids.length, drafted.length);
        return all;
    }

    @Override
    public int lastTokens() {
        return 1 + drafted.length;
    }

    @Override
    public int choose(List<Output> outputs) {
        var scores = outputs.getFirst().scores();
        var before = text.answerLength();
        for (int i = 0, from = scores.length - lastTokens(); i <= drafted.length && text.running(); i++) {
            text.take(scores[from + i]);
            if (i < drafted.length && text.lastId() != drafted[i]) break;
        }
        if (drafted.length > 0) {
            var branch = branches().getFirst().grow(text);
            branch.cache().truncate(text.length() - 1); // the last token is read with the next draft
            branches(List.of(branch));
            drafted = new int[0];
        }
        return text.answerLength() - before;
    }

    @Override
    public void release() {
        super.release();
        branches(List.of(new Branch(text)));
        drafted = new int[0];
        drafter.close();
    }
}
