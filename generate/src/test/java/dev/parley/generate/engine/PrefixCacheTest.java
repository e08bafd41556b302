package dev.parley.generate.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.kernels.attention.KvBlocks;
import dev.parley.kernels.attention.KvPool;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PrefixCacheTest {

    private static final int BLOCK = KvBlocks.TOKENS;
    private static final String OWNER = "ada";
    private final KvPool pool = new KvPool(1, 1, 2, false, 10);
    private final PrefixCache cache = new PrefixCache(Optional.of(pool), false, Integer.MAX_VALUE);

    @AfterEach
    void close() {
        pool.close();
    }

    private static int[] ids(int of, int blocks) {
        var ids = new int[blocks * BLOCK + 1]; // and a token more, which is left to be read
        Arrays.fill(ids, of);
        return ids;
    }

    private KvBlocks text(int[] ids) {
        var text = new KvBlocks(pool, 1000);
        text.share(cache.find(OWNER, ids));
        text.reserve(ids.length - text.length());
        text.advance(ids.length - text.length());
        return text;
    }

    @Test
    void noMoreIsKeptThanItMayThoughThePoolHasRoom() {
        var few = new PrefixCache(Optional.of(pool), false, 4);
        try (var running = text(ids(1, 3))) {
            few.keep(OWNER, ids(1, 3), running);
            for (int of = 2; of < 20; of++) {
                try (var text = text(ids(of, 2))) {
                    few.keep(OWNER, ids(of, 2), text);
                }
                few.shrink();
                assertEquals(4, few.size(), "three that a text holds, and one");
            }
            assertEquals(3, few.find(OWNER, ids(1, 3)).size(), "what a text holds stays");
        }
        few.keep(OWNER, ids(20, 1), text(ids(20, 1)));
        assertEquals(1, few.find(OWNER, ids(20, 1)).size(), "what came last stays");
        assertEquals(4, few.size());
    }

    private void keepAndClose(int[] ids) {
        try (var text = text(ids)) {
            cache.keep(OWNER, ids, text);
        }
    }

    @Test
    void whatWasUsedLongestAgoIsForgottenFirstAndItsEndBeforeItsBeginning() {
        keepAndClose(ids(1, 3));
        keepAndClose(ids(2, 2));
        cache.find(OWNER, ids(1, 1)); // the first block of the first text is used again
        assertEquals(10, cache.available());
        assertTrue(cache.free(7));
        assertEquals(1, cache.find(OWNER, ids(1, 3)).size());
        assertEquals(2, cache.find(OWNER, ids(2, 2)).size());
        assertTrue(cache.free(8));
        assertEquals(0, cache.find(OWNER, ids(1, 3)).size());
    }

    @Test
    void whatATextHoldsIsNotForgotten() {
        try (var text = text(ids(1, 3))) {
            cache.keep(OWNER, ids(1, 3), text);
            keepAndClose(ids(2, 2));
            assertEquals(6, cache.available());
            assertTrue(cache.free(6));
            assertFalse(cache.free(7));
            assertEquals(3, cache.find(OWNER, ids(1, 3)).size());
        }
        assertTrue(cache.free(10));
        assertEquals(0, cache.size());
    }

    @Test
    void whatAnotherOwnerHasReadIsNotKnown() {
        var ids = ids(1, 3);
        keepAndClose(ids);
        assertEquals(0, cache.find("bob", ids).size());
        try (var text = new KvBlocks(pool, 1000)) {
            text.reserve(ids.length);
            text.advance(ids.length);
            var own = text.full();
            cache.keep("bob", ids, text);
            assertEquals(own, text.full(), "no block was exchanged for another owner's");
            assertEquals(6, cache.size());
        }
        assertEquals(3, cache.find("bob", ids).size());
        assertTrue(cache.free(10), "of both");
        assertEquals(0, cache.find(OWNER, ids).size() + cache.find("bob", ids).size());
    }

    @Test
    void textsThatWereReadAtTheSameTimeGoOnWithTheSameBlocks() {
        var ids = ids(1, 3);
        try (var one = text(ids); var other = text(ids)) {
            assertEquals(2, pool.free());
            cache.keep(OWNER, ids, one);
            cache.keep(OWNER, ids, other);
            assertEquals(5, pool.free(), "three blocks of both, and an unfinished one of each");
            for (int b = 0; b < 3; b++) assertSame(one.full().get(b), other.full().get(b));
        }
        assertTrue(cache.free(10), "a block was kept that nothing goes on from");
    }
}
