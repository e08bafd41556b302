package dev.parley.generate.engine;

import dev.parley.generate.embedding.Pooling;
import dev.parley.model.InferenceSession;
import dev.parley.model.InferenceSession.Feed;
import dev.parley.model.InferenceSession.Scored;
import dev.parley.model.SequenceCache;
import java.util.List;

/** A vector of a sequence, from those that the head reads of its tokens: (poolings · C). */
final class EmbeddingProbe extends Probe<float[]> {

    private final List<Pooling.Sum> sums;
    private final boolean needsAll;
    private final int hiddenSize;

    EmbeddingProbe(String owner, int[] ids, List<Pooling> poolings, int hiddenSize) {
        super(owner, ids);
        sums = poolings.stream().map(pooling -> pooling.new Sum(hiddenSize)).toList();
        needsAll = poolings.stream().anyMatch(pooling -> pooling != Pooling.LAST_TOKEN);
        this.hiddenSize = hiddenSize;
    }

    @Override
    void begin(SequenceCache empty, PrefixCache prefixes) {
        sums.forEach(Pooling.Sum::clear);
        if (!needsAll) prefixes.share(owner(), ids(), empty); // what is kept of a text has no states, and none but the last is asked for
    }

    @Override
    int end(int from, int most) {
        return Math.min(ids().length, from + most);
    }

    @Override
    void read(InferenceSession session, SequenceCache cache, int[] piece) {
        var states = session.feed(List.of(new Feed(cache, piece, Scored.NONE, true))).getFirst().states();
        for (var sum : sums) sum.add(states);
    }

    @Override
    float[] found() {
        var vector = new float[sums.size() * hiddenSize];
        for (int i = 0; i < sums.size(); i++) sums.get(i).write(vector, i * hiddenSize);
        return vector;
    }
}
