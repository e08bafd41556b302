package dev.parley.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** What a batch says of its rows: positions, parts, and what it refuses. */
class TrainingBatchTest {

    private static final int[][] IDS = {{3, 1, 2, 5, 4}, {6, 0, 1, 2, 3}};
    private static final int[][] SEGMENTS = {{0, 0, 1, 1, 2}, {0, 0, 0, 0, 0}};
    private static final ModelConfig CONFIG = ModelConfig.gpt2(7, 5, 4, 1, 2);

    @Test
    void positionsBeginAnewAtEachDocument() {
        assertArrayEquals(new long[] {0, 1, 0, 1, 0, 0, 1, 2, 3, 4}, new TrainingBatch(IDS, IDS, SEGMENTS).positions());
        assertArrayEquals(new long[] {0, 1, 2, 3, 4, 0, 1, 2, 3, 4}, TrainingBatch.of(IDS).positions());
    }

    @Test
    void partsOfABatchHaveItsTargetsTogether() {
        for (var batch : new TrainingBatch[] {new TrainingBatch(IDS, IDS, SEGMENTS), TrainingBatch.of(IDS)}) {
            var second = batch.rows(1, 2);
            assertEquals(batch.targets(), batch.rows(0, 1).targets() + second.targets());
            assertEquals(batch.isPacked(), second.isPacked());
            assertArrayEquals(IDS[1], second.ids()[0]);
        }
        assertEquals(2 + 4, new TrainingBatch(IDS, IDS, SEGMENTS).targets());
        assertEquals(4 + 4, TrainingBatch.of(IDS).targets());
    }

    @Test
    void rowsOfOtherShapesAreRefused() {
        assertThrows(ModelException.class, () -> TrainingBatch.of(new int[] {1, 2}, new int[] {1}));
        assertThrows(ModelException.class, () -> TrainingBatch.of(new int[0]));
        assertThrows(ModelException.class, TrainingBatch::of);
        assertThrows(ModelException.class, () -> TrainingBatch.of(IDS, new int[][] {IDS[0]}));
        assertThrows(ModelException.class, () -> new TrainingBatch(IDS, IDS, new int[][] {SEGMENTS[0], {0}}));
    }

    @Test
    void whatTheModelDoesNotKnowIsRefusedAndAMaskedLabelIsNot() {
        assertDoesNotThrow(() -> TrainingBatch.of(IDS, new int[][] {{3, 1, -100, 5, 4}, IDS[1]}).checkFits(CONFIG));
        for (var label : new int[] {7, -1, -101}) {
            var fault = assertThrows(ModelException.class,
                    () -> TrainingBatch.of(IDS, new int[][] {{3, 1, label, 5, 4}, IDS[1]}).checkFits(CONFIG));
            assertTrue(fault.getMessage().contains("Label " + label), fault.getMessage());
        }
        assertThrows(ModelException.class, () -> TrainingBatch.of(new int[] {1, 7}).checkFits(CONFIG));
        assertThrows(ModelException.class, () -> TrainingBatch.of(new int[6]).checkFits(CONFIG));
        assertFalse(TrainingBatch.of(IDS, new int[][] {{3, 1, -100, 5, 4}, IDS[1]}).isTarget(0, 2));
    }
}
