package dev.parley.eval.metrics;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * The random numbers of CPython's {@code random.Random}: the Mersenne Twister MT19937 (Matsumoto and Nishimura 1998, ACM Trans. Model.
 * Comput. Simul. 8, 3), seeded and read in the same way, so that samples and resamples are those that Python draws.
 */
public final class PythonRandom {

    private static final int N = 624;
    private static final int M = 397;

    private final int[] state = new int[N];
    private int next = N;

    /** {@code random.Random(seed)} of a whole number. */
    public PythonRandom(long seed) {
        var magnitude = Math.abs(seed);
        var key = magnitude >>> 32 == 0 ? new int[] {(int) magnitude} : new int[] {(int) magnitude, (int) (magnitude >>> 32)};
        seed(19650218);
        int i = 1, j = 0;
        for (int k = Math.max(N, key.length); k > 0; k--) {
            state[i] = (state[i] ^ (state[i - 1] ^ state[i - 1] >>> 30) * 1664525) + key[j] + j;
            if (++i == N) {
                state[0] = state[N - 1];
                i = 1;
            }
            if (++j == key.length) j = 0;
        }
        for (int k = N - 1; k > 0; k--) {
            state[i] = (state[i] ^ (state[i - 1] ^ state[i - 1] >>> 30) * 1566083941) - i;
            if (++i == N) {
                state[0] = state[N - 1];
                i = 1;
            }
        }
        state[0] = 0x80000000;
    }

    private void seed(int seed) {
        state[0] = seed;
        for (int i = 1; i < N; i++) state[i] = 1812433253 * (state[i - 1] ^ state[i - 1] >>> 30) + i;
    }

    private int bits32() {
        if (next == N) {
            for (int k = 0; k < N; k++) {
                var y = state[k] & 0x80000000 | state[(k + 1) % N] & 0x7fffffff;
                state[k] = state[(k + M) % N] ^ y >>> 1 ^ ((y & 1) == 0 ? 0 : 0x9908b0df);
            }
            next = 0;
        }
        var y = state[next++];
        y ^= y >>> 11;
        y ^= y << 7 & 0x9d2c5680;
        y ^= y << 15 & 0xefc60000;
        return y ^ y >>> 18;
    }

    /** {@code random()}: from 0 to below 1, with 53 bits. */
    public double random() {
        int high = bits32() >>> 5, low = bits32() >>> 6;
        return (high * 67108864.0 + low) / 9007199254740992.0;
    }

    private int below(int n) {
        var bits = 32 - Integer.numberOfLeadingZeros(n);
        while (true) {
            var drawn = bits32() >>> 32 - bits;
            if (drawn < n) return drawn;
        }
    }

    /**
     * {@code sample(population, k)}: k different ones, in the order of drawing.
     *
     * @throws IllegalArgumentException if there are not so many
     */
    public <T> List<T> sample(List<T> population, int k) {
        var n = population.size();
        if (k < 0 || k > n) throw new IllegalArgumentException(k + " cannot be drawn from " + n + ".");
        var drawn = new ArrayList<T>(k);
        var setSize = k > 5 ? 21 + (long) Math.pow(4, Math.ceil(Math.log(k * 3.0) / Math.log(4))) : 21;
        if (n <= setSize) {
            var pool = new ArrayList<>(population);
            for (int i = 0; i < k; i++) {
                var j = below(n - i);
                drawn.add(pool.get(j));
                pool.set(j, pool.get(n - i - 1));
            }
            return drawn;
        }
        var seen = new HashSet<Integer>();
        for (int i = 0; i < k; i++) {
            var j = below(n);
            while (!seen.add(j)) j = below(n);
            drawn.add(population.get(j));
        }
        return drawn;
    }

    /** Places of {@code choices(range(n), k=n)}: n draws with replacement. */
    public void choices(int[] places) {
        for (int i = 0; i < places.length; i++) places[i] = (int) (random() * places.length);
    }
}
