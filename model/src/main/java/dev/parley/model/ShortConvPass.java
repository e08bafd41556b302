package dev.parley.model;

import dev.parley.kernels.machine.ThreadTeam;
import java.util.Arrays;

/**
 * The short convolution of a pass, between its two products: see {@link Blueprint.ShortConvSpec}. The states lie in the caches, one for
 * each token, as keys do: so a sequence that is cut back, forked, or begun with another's blocks finds those that it needs. Each
 * state is read as the cache has rounded it, also in the pass that puts it, and sums do not depend on how tokens were divided among passes.
 */
final class ShortConvPass {

    private static final int CHANNELS = 128; // of a unit of work

    private ShortConvPass() {}

    /** The channels do not meet, so that a thread takes some of them through all tokens. */
    static void run(RunnerWeights.ShortConv layer, int number, ForwardBatch pass, RunnerBuffers b, ThreadTeam team) {
        int channels = layer.spec().channels();
        team.share(Math.ceilDiv(channels, CHANNELS), unit -> {
            int first = unit * CHANNELS, count = Math.min(CHANNELS, channels - first);
            for (int t = 0; t < pass.tokens(); t++) convolve(layer, number, pass, b, t, first, count);
        });
        team.barrier();
    }

    /** What is done with some channels of a token, once those of the tokens before it are in the cache. */
    private static void convolve(RunnerWeights.ShortConv layer, int number, ForwardBatch pass, RunnerBuffers b, int token, int first,
            int count) {
        int channels = layer.spec().channels(), taps = layer.spec().taps(), position = pass.position(token);
        int at = token * 3 * channels + first, into = token * channels + first; // b, c and u of a token lie side by side
        for (int i = 0; i < count; i++) b.qkv[at + i] *= b.qkv[at + 2 * channels + i];
        pass.cache(token).putState(number, position, first, b.qkv, at, count);
        Arrays.fill(b.heads, into, into + count, 0);
        for (int tap = Math.max(0, taps - 1 - position); tap < taps; tap++) {
            pass.cache(token).addState(number, position - (taps - 1) + tap, first, layer.kernel(), tap * channels + first, b.heads, into,
                    count);
        }
        for (int i = 0; i < count; i++) b.heads[into + i] *= b.qkv[at + channels + i];
    }
}
