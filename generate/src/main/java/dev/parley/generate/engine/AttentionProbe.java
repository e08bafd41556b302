package dev.parley.generate.engine;

import dev.parley.model.InferenceSession;
import dev.parley.model.InferenceSession.Feed;
import dev.parley.model.InferenceSession.Scored;
import dev.parley.model.SequenceCache;
import java.util.List;

/** What each head sees of each token of a sequence when it reads the last: (L, H, S). */
final class AttentionProbe extends Probe<float[][][]> {

    private float[][][] weights = {};

    AttentionProbe(String owner, int[] ids) {
        super(owner, ids);
    }

    @Override
    void begin(SequenceCache empty, PrefixCache prefixes) {
        prefixes.share(owner(), ids(), empty);
    }

    /** The last token is a piece of its own. */
    @Override
    int end(int from, int most) {
        var last = ids().length - 1;
        return from == last ? ids().length : Math.min(last, from + most);
    }

    @Override
    void read(InferenceSession session, SequenceCache cache, int[] piece) {
        if (cache.length() < ids().length - 1) session.feed(List.of(new Feed(cache, piece, Scored.NONE, false)));
        else weights = session.trace(cache, piece).attention()[0];
    }

    @Override
    float[][][] found() {
        return weights;
    }
}
