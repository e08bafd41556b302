package dev.parley.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class KeyedPermutationTest {

    @Test
    void everyNumberComesOnce() {
        for (int size = 1; size <= 300; size++) {
            var order = KeyedPermutation.of(size, size * 31L);
            var sorted = LongStream.range(0, size).map(order::at).sorted().toArray();
            for (int i = 0; i < size; i++) assertEquals(i, sorted[i], "of " + size);
        }
    }

    @Test
    void anyPlaceOfAVeryLongOrderIsFoundAtOnce() {
        var order = KeyedPermutation.of(5_000_000_000L, 7);
        var numbers = LongStream.range(4_000_000_000L, 4_000_100_000L).map(order::at).toArray();
        assertEquals(100_000, LongStream.of(numbers).distinct().count());
        assertTrue(LongStream.of(numbers).allMatch(n -> n >= 0 && n < order.size()));
        assertEquals(2.5e9, LongStream.of(numbers).average().orElseThrow(), 0.02e9); // 4 standard errors of a uniform draw
    }

    /** Chi-squared over the 20 places of 20 numbers in 20,000 orders: 361 degrees of freedom, 99.99 % below 469. */
    @Test
    void eachNumberComesAtEachPlaceEquallyOften() {
        var count = new int[20][20];
        for (int key = 0; key < 20_000; key++) {
            var order = KeyedPermutation.of(20, key);
            for (int place = 0; place < 20; place++) count[place][(int) order.at(place)]++;
        }
        var chi = 0.0;
        for (var row : count) for (var n : row) chi += Math.pow(n - 1000, 2) / 1000;
        assertTrue(chi < 469, "chi squared " + chi);
    }

    @Test
    void nothingHasNoOrder() {
        assertThrows(IllegalArgumentException.class, () -> KeyedPermutation.of(0, 1));
    }
}
