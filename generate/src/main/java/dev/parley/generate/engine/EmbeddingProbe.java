package dev.parley.generate.engine;

import dev.parley.model.InferenceSession;
import dev.parley.model.InferenceSession.Feed;
import dev.parley.model.InferenceSession.Scored;
import dev.parley.model.SequenceCache;
import java.util.Arrays;
import java.util.List;

/** The mean of the vectors that the head reads of a sequence's tokens: (C). */
final class EmbeddingProbe extends Probe<float[]> {

    private final double[] sums;

    EmbeddingProbe(String owner, int[] ids, int hiddenSize) {
        super(owner, ids);
        sums = new double[hiddenSize];
    }

    @Override
    void begin(SequenceCache empty, PrefixCache prefixes) {
        Arrays.fill(sums, 0); // from the first token on: what is kept of a text has no states
    }

    @Override
    int end(int from, int most) {
        return Math.min(ids().length, from + most);
    }

    @Override
    void read(InferenceSession session, SequenceCache cache, int[] piece) {
        for (var state : session.feed(List.of(new Feed(cache, piece, Scored.NONE, true))).getFirst().states()) {
            for (int i = 0; i < sums.length; i++) sums[i] += state[i];
        }
    }

    @Override
    float[] found() {
        var mean = new float[sums.length];
        for (int i = 0; i < mean.length; i++) mean[i] = (float) (sums[i] / ids().length);
        return mean;
    }
}
