package dev.parley.kernels.attention;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.kernels.Seed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sequences that share blocks, against lists of tokens that share nothing. */
class KvSharingTest {

    @RegisterExtension
    static final Seed SEED = new Seed();

    private static final int LAYERS = 2;
    private static final int HEADS = 2;
    private static final int DIM = 4;
    private static final int STATE = 6; // of the last layer, which has no heads
    private static final int TOKENS = KvBlocks.TOKENS;

    /** A sequence and what it must hold: for each token a number from which its keys and values are made. */
    private record Sequence(KvBlocks cache, List<Integer> tokens, boolean withStates) {

        Sequence(KvBlocks cache, List<Integer> tokens) {
            this(cache, tokens, true);
        }

        void append(int count, SplittableRandom random) {
            cache.reserve(count);
            for (int i = 0; i < count; i++) {
                var token = random.nextInt(1, 60);
                for (int layer = 0; layer < LAYERS; layer++) {
                    for (int head = 0; head < HEADS; head++) {
                        cache.put(layer, head, cache.length() + i, numbers(token, layer, head), 0, numbers(-token, layer, head), 0);
                    }
                }
                if (withStates) {
                    cache.putState(LAYERS, cache.length() + i, 0, state(token), 0, 4); // in two pieces
                    cache.putState(LAYERS, cache.length() + i, 4, state(token), 4, 2);
                }
                tokens.add(token);
            }
            cache.advance(count);
        }

        /** Numbers below 256 are exact in bfloat16. */
        static float[] numbers(int token, int layer, int head) {
            var numbers = new float[DIM];
            for (int d = 0; d < DIM; d++) numbers[d] = 2 * token + Integer.signum(token) * (d + DIM * (head + HEADS * layer));
            return numbers;
        }

        static float[] state(int token) {
            var state = new float[STATE];
            for (int i = 0; i < STATE; i++) state[i] = 3 * token + i;
            return state;
        }

        /** All of it but the first number, each times another and added to 1. */
        private void checkState(int token) {
            float[] factors = {0, 1, 2, 1, 1, 1}, sum = {1, 1, 1, 1, 1, 1};
            cache.addState(LAYERS, token, 1, factors, 1, sum, 1, STATE - 1);
            for (int i = 0; i < STATE; i++) assertEquals(1 + factors[i] * state(tokens.get(token))[i], sum[i], "token " + token);
        }

        /** A window of one token has weight 1: attention gives the value itself. */
        void check() {
            assertEquals(tokens.size(), cache.length());
            var out = new float[DIM];
            var scratch = new float[Attention.scratchSize(tokens.size(), DIM)];
            for (int t = 0; t < tokens.size(); t++) {
                if (withStates) checkState(t);
                for (int layer = 0; layer < LAYERS; layer++) {
                    for (int head = 0; head < HEADS; head++) {
                        Attention.oneHead(cache, layer, head, new float[DIM], 0, 1, t, t + 1, out, 0, scratch);
                        var wanted = numbers(-tokens.get(t), layer, head);
                        for (int d = 0; d < DIM; d++) assertEquals(wanted[d], out[d], "token " + t + " of " + tokens.size());
                    }
                }
            }
        }
    }

    private static KvPool pool(boolean wide, int mostBlocks) {
        return new KvPool(new int[] {0, 0, STATE}, HEADS, DIM, wide, mostBlocks);
    }

    private static void checkPool(KvPool pool, List<Sequence> sequences) {
        var held = Collections.newSetFromMap(new IdentityHashMap<KvPool.Block, Boolean>());
        for (var sequence : sequences) {
            sequence.check();
            for (var block : sequence.cache.full()) {
                held.add(block);
                var sharers = sequences.stream().filter(s -> s.cache.full().stream().anyMatch(b -> b == block)).count();
                assertTrue(pool.holders(block) >= sharers, "a block of " + sharers + " sequences counts " + pool.holders(block));
            }
        }
        assertTrue(pool.size() - pool.free() >= held.size(), "a block that a sequence holds is free");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void sequencesThatShareBlocksHoldWhatSequencesOnTheirOwnWould(boolean wide) {
        var random = SEED.random();
        try (var pool = pool(wide, 200)) {
            var sequences = new ArrayList<Sequence>();
            for (int step = 0; step < 300; step++) {
                if (sequences.isEmpty() || sequences.size() < 6 && random.nextInt(5) == 0)
                    sequences.add(new Sequence(new KvBlocks(pool, 1000), new ArrayList<>()));
                var one = sequences.get(random.nextInt(sequences.size()));
                switch (random.nextInt(7)) {
                    case 0, 1 -> append(one, pool, random.nextInt(1, 100), random);
                    case 2 -> append(one, pool, 1, random);
                    case 3 -> {
                        if (sequences.size() < 8) sequences.add(new Sequence(one.cache.copy(), new ArrayList<>(one.tokens)));
                    }
                    case 4 -> {
                        var length = random.nextInt(one.tokens.size() + 1);
                        one.cache.truncate(length);
                        one.tokens.subList(length, one.tokens.size()).clear();
                    }
                    case 5 -> sequences.add(beginning(one, pool));
                    default -> {
                        one.cache.close();
                        sequences.remove(one);
                    }
                }
                if (sequences.size() > 8) sequences.removeLast().cache.close();
                if (step % 5 == 0) checkPool(pool, sequences);
            }
            checkPool(pool, sequences);
            sequences.forEach(s -> s.cache.close());
            assertEquals(pool.size(), pool.free(), "all blocks are free when the last sequence is closed");
        }
    }

    private static void append(Sequence one, KvPool pool, int count, SplittableRandom random) {
        if (one.tokens.size() + count > 700) return;
        int announced = one.cache.blocksFor(count), before = pool.free();
        one.append(count, random);
        assertEquals(announced, before - pool.free(), "blocks taken for " + count + " tokens after " + (one.tokens.size() - count));
    }

    private static Sequence beginning(Sequence one, KvPool pool) {
        var cache = new KvBlocks(pool, 1000);
        var full = one.cache.full();
        cache.share(full);
        return new Sequence(cache, new ArrayList<>(one.tokens.subList(0, full.size() * TOKENS)));
    }

    @Test
    void aForkDoesNotSeeWhatItsOriginWritesAndNeitherTheOther() {
        try (var pool = pool(false, 20)) {
            var random = SEED.random();
            var origin = new Sequence(new KvBlocks(pool, 1000), new ArrayList<>());
            origin.append(TOKENS + 10, random);
            var fork = new Sequence(origin.cache.copy(), new ArrayList<>(origin.tokens));
            assertSame(origin.cache.block(1), fork.cache.block(1));
            assertEquals(18, pool.free(), "a fork takes no memory");
            origin.append(5, random);
            fork.append(7, random);
            assertNotSame(origin.cache.block(1), fork.cache.block(1));
            assertSame(origin.cache.block(0), fork.cache.block(0));
            origin.check();
            fork.check();
            fork.cache.truncate(3);
            fork.tokens.subList(3, fork.tokens.size()).clear();
            fork.append(TOKENS, random); // over the block that both begin with
            origin.check();
            fork.check();
            origin.cache.close();
            fork.check();
        }
    }

    @Test
    void ofTwoEqualBlocksOneIsKept() {
        try (var pool = pool(false, 4)) {
            Sequence one = new Sequence(new KvBlocks(pool, 1000), new ArrayList<>()),
                    other = new Sequence(new KvBlocks(pool, 1000), new ArrayList<>());
            one.append(TOKENS, new SplittableRandom(1));
            other.append(TOKENS, new SplittableRandom(1));
            assertEquals(2, pool.free());
            other.cache.exchange(0, one.cache.full().getFirst());
            other.cache.exchange(0, one.cache.full().getFirst()); // once more changes nothing
            assertEquals(3, pool.free());
            assertEquals(2, pool.holders(one.cache.full().getFirst()));
            one.cache.close();
            other.check();
            other.cache.close();
            assertEquals(4, pool.free());
        }
    }

    @Test
    void aCopyWithMemoryOfItsOwnOutlivesItsOrigin() {
        var random = SEED.random();
        var origin = new Sequence(new KvBlocks(LAYERS, HEADS, DIM, true, 300), new ArrayList<>(), false);
        origin.append(150, random);
        var copy = new Sequence(origin.cache.copy(), new ArrayList<>(origin.tokens), false);
        origin.append(20, random);
        copy.append(1, random);
        origin.check();
        origin.cache.close();
        copy.check();
        copy.cache.close();
    }

    @Test
    void aPoolThatIsUsedUpSaysSoAndGivesAgainWhatIsReleased() {
        try (var pool = pool(false, 2)) {
            assertEquals((2L * LAYERS * HEADS * DIM + STATE) * TOKENS * 2, pool.blockBytes());
            KvPool.Block first = pool.take(), second = pool.take();
            assertEquals(0, pool.free());
            assertThrows(IllegalStateException.class, pool::take);
            pool.hold(first);
            pool.release(first);
            assertEquals(0, pool.free(), "one still holds it");
            pool.release(first);
            assertEquals(1, pool.free());
            assertSame(first, pool.take());
            assertEquals(1, pool.holders(first));
            assertEquals(second.memory().byteSize(), pool.blockBytes());
        }
    }

    @Test
    void noMoreIsTakenThanTheCapacityAndOnlyAnEmptySequenceBeginsWithAnothersBlocks() {
        try (var pool = pool(false, 8); var cache = new KvBlocks(pool, 70)) {
            var sequence = new Sequence(cache, new ArrayList<>());
            sequence.append(70, SEED.random());
            assertThrows(IllegalStateException.class, () -> cache.reserve(1));
            assertThrows(IllegalStateException.class, () -> cache.share(cache.full()));
            assertEquals(6, pool.free());
            assertEquals(70, cache.capacity());
            assertEquals(1, cache.full().size());
        }
    }
}
