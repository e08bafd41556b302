package dev.parley.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BestFitTest {

    /** Lengths of documents as web texts and chats have them: log-normal, those longer than a row cut into pieces. */
    private static int[] lengths(double median, double sigma, int documents, int row) {
        var random = new Random(3);
        return IntStream.range(0, documents).map(d -> (int) Math.max(1, median * Math.exp(sigma * random.nextGaussian())))
                .flatMap(length -> IntStream.rangeClosed(0, (length - 1) / row)
                        .map(part -> Math.min(row, length - part * row)))
                .toArray();
    }

    private static double waste(int[] lengths, int row) {
        var rows = Arrays.stream(BestFit.rows(lengths, row)).max().orElseThrow() + 1;
        return 1 - Arrays.stream(lengths).asLongStream().sum() / ((double) rows * row);
    }

    /** Where nearly all documents are longer than half a row no packing can do better: those are not asked for. */
    @Test
    void rowsOfRealisticDocumentsWasteUnderThreePercent() {
        for (var median : new double[] {40, 120, 400, 900}) {
            var waste = waste(lengths(median, 1, 20_000, 1024), 1024);
            assertTrue(waste < 0.01, "median " + median + ": " + waste);
        }
        assertTrue(waste(lengths(60, 0.5, 20_000, 256), 256) < 0.03, "chats, all of about one length");
    }

    @Test
    void noRowIsOverfull() {
        var random = new SplittableRandom(5);
        var lengths = random.ints(50_000, 1, 101).toArray();
        var rows = BestFit.rows(lengths, 100);
        var filled = new int[Arrays.stream(rows).max().orElseThrow() + 1];
        for (int i = 0; i < rows.length; i++) filled[rows[i]] += lengths[i];
        assertTrue(Arrays.stream(filled).allMatch(f -> f > 0 && f <= 100));
        assertEquals(Arrays.stream(lengths).sum(), Arrays.stream(filled).sum());
    }
}
