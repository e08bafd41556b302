package dev.parley.generate.engine;

import dev.parley.generate.embedding.Pooling;
import dev.parley.model.InferenceSession;
import dev.parley.model.InferenceSession.Feed;
import dev.parley.model.InferenceSession.Scored;
import dev.parley.model.SequenceCache;
import java.util.List;

/** A vector of a sequence, of length one, from those that the head reads of its tokens: (C). */
final class EmbeddingProbe extends Probe<float[]> {

    private final Pooling.Sum sum;

    EmbeddingProbe(String owner, int[] ids, Pooling pooling, int hiddenSize) {
        super(owner, ids);
        sum = pooling.new Sum(hiddenSize);
    }

    @Override
    void begin(SequenceCache empty, PrefixCache prefixes) {
        sum.clear(); // from the first token on: what is kept of a text has no states
    }

    @Override
    int end(int from, int most) {
        return Math.min(ids().length, from + most);
    }

    @Override
    void read(InferenceSession session, SequenceCache cache, int[] piece) {
        sum.add(session.feed(List.of(new Feed(cache, piece, Scored.NONE, true))).getFirst().states());
    }

    @Override
    float[] found() {
        return sum.unit();
    }
}
