package dev.parley.grammar;

import dev.parley.grammar.Configurations.Configuration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * How far a text has come in its grammar. It grows by a token at a time, or branches into beams: the state of each is kept, so that
 * only new tokens are followed. Not for several threads at once.
 */
public final class GrammarProgress {

    private final TokenMasks masks;
    private final int from;
    private final List<Known> known = new ArrayList<>(); // of the last step and of this one

    private record Known(int[] ids, Configuration at) {}

    GrammarProgress(TokenMasks masks, int from) {
        this.masks = masks;
        this.from = from;
    }

    /**
     * Leaves the scores of tokens that may come next, and gives all others minus infinity.
     *
     * @param ids of a text, which are not changed later
     * @param ends tokens that end a text, allowed where the grammar is satisfied
     * @throws GrammarException if no token may come, or it takes too much work to find out which
     */
    public void apply(int[] ids, List<Integer> ends, float[] logits) {
        var at = at(ids);
        var mask = masks.mask(at, ids.length - from);
        var endScores = ends.stream().mapToDouble(id -> logits[id]).toArray();
        for (int id = 0; id < logits.length; id++) {
            if (id >= masks.vocabSize() || (mask[id >> 6] >> id & 1) == 0) logits[id] = Float.NEGATIVE_INFINITY;
        }
        for (int i = 0; i < endScores.length; i++) logits[ends.get(i)] = at.complete() ? (float) endScores[i] : Float.NEGATIVE_INFINITY;
        if (Arrays.stream(mask).allMatch(bits -> bits == 0) && !(at.complete() && endScores.length > 0)) {
            throw new GrammarException("The grammar asks for a character that the model has no token for.");
        }
    }

    /** Whether nothing can follow: the text satisfies the grammar, and would not with any more. */
    public boolean mustEnd(int[] ids) {
        return at(ids).mustEnd();
    }

    /** Whether {@link #apply} would answer at once; if not, some thread is asked to find out what it needs. */
    public boolean isReady(int[] ids, Executor executor) {
        return masks.isReady(at(ids), ids.length - from, executor);
    }

    private Configuration at(int[] ids) {
        var begun = known.stream().filter(k -> isBeginning(k.ids, ids)).max((a, b) -> Integer.compare(a.ids.length, b.ids.length));
        var at = begun.map(Known::at).orElseGet(masks::start);
        var done = begun.map(k -> k.ids.length).orElse(from);
        if (done == ids.length && begun.isPresent()) return at;
        for (int i = done; i < ids.length; i++) at = masks.after(at, ids[i], i - from);
        known.removeIf(k -> k.ids.length < ids.length - 1); // no beam is a step behind the others
        known.add(new Known(ids, at));
        return at;
    }

    private boolean isBeginning(int[] beginning, int[] ids) {
        return beginning.length <= ids.length && Arrays.equals(beginning, from, beginning.length, ids, from, beginning.length);
    }
}
