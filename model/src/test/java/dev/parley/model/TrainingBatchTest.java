package dev.parley.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/** What a batch says of its rows: targets, parts, and what it refuses. */
class TrainingBatchTest {

    private static final int[][] IDS = {{3, 1, 2, 5, 4}, {6, 0, 1, 2, 3}};
    private static final int[][] SEGMENTS = {{0, 0, 1, 1, 2}, {0, 0, 0, 0, 0}};

    @Test
    void theFirstTokenOfADocumentAndWhatIsMaskedAreNoTargets() {
        assertArrayEquals(new int[] {1, 3, 6, 7, 8, 9}, TrainingBatch.of(IDS, IDS, SEGMENTS).targets());
        assertArrayEquals(new int[] {1, 2, 3, 4, 6, 7, 8, 9}, TrainingBatch.of(IDS).targets());
        assertArrayEquals(new int[] {1, 3, 4, 6, 7, 8, 9}, TrainingBatch.of(IDS, new int[][] {{3, 1, -100, 5, 4}, IDS[1]}).targets());
    }

    @Test
    void partsOfABatchHaveItsTargetsTogether() {
        for (var batch : new TrainingBatch[] {TrainingBatch.of(IDS, IDS, SEGMENTS), TrainingBatch.of(IDS)}) {
            var second = batch.rows(1, 2);
            assertEquals(batch.targets().length, batch.rows(0, 1).targets().length + second.targets().length);
            assertEquals(batch.isPacked(), second.isPacked());
            assertArrayEquals(IDS[1], second.ids()[0]);
        }
    }

    @Test
    void rowsOfOtherShapesAreRefused() {
        assertThrows(ModelException.class, () -> TrainingBatch.of(new int[] {1, 2}, new int[] {1}));
        assertThrows(ModelException.class, () -> TrainingBatch.of(new int[0]));
        assertThrows(ModelException.class, TrainingBatch::of);
        assertThrows(ModelException.class, () -> TrainingBatch.of(IDS, new int[][] {IDS[0]}));
        assertThrows(ModelException.class, () -> TrainingBatch.of(IDS, IDS, new int[][] {SEGMENTS[0], {0}}));
    }
}
