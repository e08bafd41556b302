package dev.parley.generate;

import dev.parley.kernels.attention.KvBlocks;
import dev.parley.model.SharedPasses;
import java.util.Arrays;

/** The mean of the vectors that the head reads of a text's tokens: (C). */
final class MeanState extends Reading<float[]> {

    private final double[] sums;

    MeanState(String owner, int[] ids, int hiddenSize) {
        super(owner, ids);
        sums = new double[hiddenSize];
    }

    @Override
    void begin(KvBlocks empty, PrefixCache prefixes) {
        Arrays.fill(sums, 0); // from the first token on: what is kept of a text has no states
    }

    @Override
    int end(int from, int most) {
        return Math.min(ids().length, from + most);
    }

    @Override
    void read(SharedPasses passes, KvBlocks cache, int[] piece) {
        for (var state : passes.states(cache, piece)) {
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
