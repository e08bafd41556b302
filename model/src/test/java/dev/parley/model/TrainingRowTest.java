package dev.parley.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class TrainingRowTest {

    /** Documents 5 6 7 and 8 9; 9 is masked. */
    private static final TrainingRow PACKED = new TrainingRow(new int[] {5, 6, 7, 8, 9}, new int[] {5, 6, 7, 8, TrainingRow.IGNORED},
            new int[] {0, 0, 0, 1, 1});

    @Test
    void theFirstTokenOfADocumentAndWhatIsMaskedAreNoTargets() {
        assertEquals(2, PACKED.targets());
        assertEquals(2, TrainingRow.of(new int[] {1, 2, 3}).targets());
        assertEquals(0, TrainingRow.of(new int[] {1}).targets());
    }

    @Test
    void aDocumentsEndIsLearned() {
        var row = TrainingRow.document(0, new int[] {4}, 1);
        assertArrayEquals(new int[] {0, 4, 1}, row.inputIds());
        assertEquals(2, row.targets());
    }

    @Test
    void rowsOfABatchAreAsLongAsTheLongestAndPaddingIsNoTarget() {
        var batch = TrainingBatch.of(List.of(PACKED, TrainingRow.of(new int[] {1, 2, 3})));
        assertArrayEquals(new int[] {1, 2, 3, 0, 0}, batch.ids()[1]);
        assertArrayEquals(new int[] {1, 2, 3, TrainingRow.IGNORED, TrainingRow.IGNORED}, batch.labels()[1]);
        assertArrayEquals(new int[] {1, 2, 5 + 1, 5 + 2}, batch.targets());
    }

    @Test
    void paddingOfAPackedRowIsADocumentOfItsOwn() {
        var batch = TrainingBatch.of(List.of(PACKED, TrainingRow.of(new int[7])));
        assertArrayEquals(new int[] {0, 0, 0, 1, 1, Integer.MAX_VALUE, Integer.MAX_VALUE}, batch.segments()[0]);
    }

    @Test
    void labelsOfAnotherShapeAreRefused() {
        assertThrows(ModelException.class, () -> TrainingBatch.of(new int[][] {{1, 2}}, new int[][] {{1}}, new int[0][]));
    }
}
