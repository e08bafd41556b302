package dev.parley.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.data.Dataset;
import dev.parley.model.ModelConfig;
import dev.parley.model.TrainingRow;
import dev.parley.torch.TrainableLM;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchPlanTest {

    private static final int BATCH_SIZE = 3;

    @TempDir
    Path folder;

    private static Dataset numbered(int rows) {
        return Dataset.of(IntStream.range(0, rows).mapToObj(i -> TrainingRow.of(new int[] {i, 1, 2})).toList());
    }

    private TrainingArguments.Builder arguments(int accumulation) {
        return TrainingArguments.builder().outputDir(folder).perDeviceTrainBatchSize(BATCH_SIZE).gradientAccumulationSteps(accumulation);
    }

    /** Steps an epoch as transformers counts them: len // k + (len % k > 0). */
    private static int steps(int batches, int accumulation) {
        return batches / accumulation + (batches % accumulation > 0 ? 1 : 0);
    }

    @Test
    void eachRowComesOnceAnEpochForAllNumbersOfBatchesAndPasses() {
        for (int batches = 1; batches <= 12; batches++) {
            for (int accumulation = 1; accumulation <= 16; accumulation++) {
                var rows = batches * BATCH_SIZE - 1; // the last batch is not full
                var plan = new BatchPlan<>(numbered(rows), arguments(accumulation).build());
                assertEquals(steps(batches, accumulation), plan.stepsPerEpoch());
                var step = 0;
                for (int epoch = 0; epoch < 3; epoch++) {
                    var seen = new int[rows];
                    for (int s = 0; s < plan.stepsPerEpoch(); s++) {
                        var parts = plan.step(step++);
                        assertTrue(!parts.isEmpty() && parts.size() <= accumulation);
                        for (var part : parts) part.forEach(row -> seen[row.inputIds()[0]]++);
                    }
                    assertTrue(IntStream.of(seen).allMatch(n -> n == 1), batches + " batches, accumulation " + accumulation);
                    assertEquals(epoch + 1, plan.epochs(step));
                }
            }
        }
    }

    @Test
    void stepsInARowMayHaveTheSameRows() {
        var rows = numbered(20);
        var once = new BatchPlan<>(rows, arguments(2).build());
        var thrice = new BatchPlan<>(rows, arguments(2).build(), 3);
        assertEquals(3 * once.stepsPerEpoch(), thrice.stepsPerEpoch());
        for (int step = 0; step < 2 * thrice.stepsPerEpoch(); step++) assertEquals(once.step(step / 3), thrice.step(step));
        assertEquals(2, thrice.epochs(2 * thrice.stepsPerEpoch()));
        assertEquals(once.epochs(1), thrice.epochs(3));
    }

    @Test
    void threeEpochsAreThreeEpochs() {
        for (var pair : List.of(new int[] {10, 4}, new int[] {11, 4}, new int[] {3, 8}, new int[] {1, 16})) {
            try (var model = TrainableLM.create(ModelConfig.gpt2(50, 8, 8, 1, 1), 1)) {
                var last = new TrainEvent.Step[1];
                var trainer = new Trainer(model, arguments(pair[1]).numTrainEpochs(3).saveSteps(0).loggingSteps(1).build(),
                        numbered(pair[0] * BATCH_SIZE));
                trainer.onEvent(e -> last[0] = e instanceof TrainEvent.Step step ? step : last[0]).train();
                assertEquals(3L * steps(pair[0], pair[1]), last[0].step());
                assertEquals(3, last[0].epoch());
            }
        }
    }

    @Test
    void anEpochHasAnOrderOfItsOwnAndOfTheSeed() {
        var plan = new BatchPlan<>(numbered(30), arguments(1).build());
        var again = new BatchPlan<>(numbered(30), arguments(1).build());
        var other = new BatchPlan<>(numbered(30), arguments(1).seed(7).build());
        assertNotEquals(first(plan, 0), first(plan, 10));
        assertNotEquals(first(plan, 0), first(other, 0));
        assertEquals(first(plan, 10), first(again, 10));
    }

    @Test
    void anEpochIsEnteredAtAnyPlaceWithoutReadingTheRowsBefore() {
        var read = Collections.synchronizedList(new ArrayList<Integer>());
        var rows = new Dataset() {
            @Override
            public int size() {
                return 1_000_000_000;
            }

            @Override
            public TrainingRow get(int index) {
                read.add(index);
                return TrainingRow.of(new int[] {index, 1, 2});
            }
        };
        var plan = new BatchPlan<>(rows, arguments(2).build());
        assertEquals(6, plan.step(100_000_000).stream().mapToInt(List::size).sum());
        plan.step(100_000_001);
        assertTrue(read.size() <= 18, "three steps of six rows, the last of them read ahead");
        assertEquals(read.size(), read.stream().distinct().count());
    }

    @Test
    void rowsThatWereReadAheadAreThoseOfTheirStep() {
        var plan = new BatchPlan<>(numbered(50), arguments(2).build());
        var inOrder = new ArrayList<List<Integer>>();
        for (int step = 0; step < 30; step++) inOrder.add(first(plan, step));
        for (int step : new int[] {7, 8, 3, 29, 0, 1}) assertEquals(inOrder.get(step), first(plan, step));
        for (int step = 0; step < 30; step++)
            assertEquals(inOrder.get(step), first(new BatchPlan<>(numbered(50), arguments(2).build()), step));
    }

    /** A damaged shard stops the step that needs it, with its own sentence, not the one before. */
    @Test
    void aRowThatCannotBeReadStopsItsOwnStep() {
        var rows = new Dataset() {
            @Override
            public int size() {
                return 9;
            }

            @Override
            public TrainingRow get(int index) {
                if (index == 5) throw new IllegalArgumentException("row 5 is damaged");
                return TrainingRow.of(new int[] {index, 1, 2});
            }
        };
        var plan = new BatchPlan<>(rows, arguments(1).shuffle(false).build());
        assertEquals(List.of(0, 1, 2), first(plan, 0));
        assertEquals("row 5 is damaged", assertThrows(IllegalArgumentException.class, () -> plan.step(1)).getMessage());
        assertEquals(List.of(6, 7, 8), first(plan, 2));
    }

    /** Rows of like length share a batch, and the batches of an epoch come in no order of length. */
    @Test
    void groupedRowsComeOnceAnEpochBesideRowsOfTheirLength() {
        var random = new SplittableRandom(9);
        var lengths = random.ints(1000, 2, 200).toArray();
        var rows = Dataset.of(IntStream.range(0, lengths.length).mapToObj(i -> {
            var ids = new int[lengths[i]];
            ids[0] = i;
            return TrainingRow.of(ids);
        }).toList());
        var plan = new BatchPlan<>(rows, arguments(1).groupByLength(true).build());
        var seen = new int[lengths.length];
        double spread = 0, rises = 0, before = 0;
        for (int step = 0; step < plan.stepsPerEpoch(); step++) {
            var batch = plan.step(step).getFirst();
            batch.forEach(row -> seen[row.inputIds()[0]]++);
            var of = batch.stream().mapToInt(TrainingRow::length).summaryStatistics();
            spread += of.getMax() - of.getMin();
            rises += of.getAverage() > before ? 1 : 0;
            before = of.getAverage();
        }
        assertTrue(IntStream.of(seen).allMatch(n -> n == 1));
        assertTrue(spread / plan.stepsPerEpoch() < 6, "three of 192 sorted rows of 200 lengths lie 2 apart, here " + spread);
        assertTrue(Math.abs(rises / plan.stepsPerEpoch() - 0.5) < 0.1, "rises " + rises);
    }

    private static List<Integer> first(BatchPlan<TrainingRow> plan, long step) {
        return plan.step(step).getFirst().stream().map(row -> row.inputIds()[0]).toList();
    }
}
