package dev.parley.grammar;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class NumberRangeTest {

    /** Bounds at random, and all numbers around them. */
    @Test
    void numbersBetweenTheBoundsAndNoOthers() {
        var random = new SplittableRandom(1);
        for (int i = 0; i < 400; i++) {
            var scale = random.nextInt(3);
            BigDecimal low = BigDecimal.valueOf(random.nextInt(-300, 300), scale),
                    high = low.add(BigDecimal.valueOf(random.nextInt(400), random.nextInt(3)));
            boolean above = random.nextBoolean(), below = random.nextBoolean(), hasLow = random.nextInt(4) > 0,
                    hasHigh = random.nextInt(4) > 0;
            if (low.compareTo(high) == 0 && (above || below)) continue;
            var schema = (hasLow ? ", \"" + (above ? "exclusiveMinimum" : "minimum") + "\": " + low.toPlainString() : "")
                    + (hasHigh ? ", \"" + (below ? "exclusiveMaximum" : "maximum") + "\": " + high.toPlainString() : "") + "}";
            Grammar integers = grammar("{\"type\": \"integer\"" + schema), decimals = grammar("{\"type\": \"number\"" + schema);
            for (int n = -9000; n <= 9000; n += 1 + random.nextInt(40)) {
                var value = BigDecimal.valueOf(n, random.nextInt(4));
                var inside = (!hasLow || value.compareTo(low) > (above ? 0 : -1)) && (!hasHigh || value.compareTo(high) < (below ? 0 : 1));
                var text = value.toPlainString();
                if (value.signum() == 0) text = text.replace("-", "");
                if (decimals != null) assertEquals(inside, decimals.matches(text), text + " with number" + schema);
                if (integers != null && value.scale() == 0) assertEquals(inside, integers.matches(text), text + " with integer" + schema);
            }
        }
    }

    /** Null where no number fits. */
    private static Grammar grammar(String schema) {
        try {
            return Grammar.ofJsonSchema(schema);
        } catch (GrammarException e) {
            assertEquals(true, e.getMessage().contains("allows no text"), e.getMessage());
            return null;
        }
    }
}
