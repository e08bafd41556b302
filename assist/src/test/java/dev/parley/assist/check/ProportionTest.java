package dev.parley.assist.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProportionTest {

    /** The ends solve |p - share| = z sqrt(p (1 - p) / n), which is what Wilson's interval is made from. */
    @ParameterizedTest
    @CsvSource({"50, 50", "0, 10", "3, 7", "95, 100", "1, 1000"})
    void endsAreWhereTheShareIsJustNotRejected(int hits, int n) {
        var proportion = new Proportion(hits, n);
        for (var p : new double[] {proportion.low(), proportion.high()}) {
            if (p == 0 || p == 1) continue;
            var distance = Math.abs(proportion.value() - p) / Math.sqrt(p * (1 - p) / n);
            assertEquals(1.959963984540054, distance, 1e-9); // roundings of doubles
        }
    }

    @Test
    void nothingOfNothingIsNoProportion() {
        assertThrows(IllegalArgumentException.class, () -> new Proportion(0, 0));
        assertThrows(IllegalArgumentException.class, () -> new Proportion(3, 2));
    }
}
