package dev.parley.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.data.Dataset;
import dev.parley.model.ModelConfig;
import dev.parley.model.TrainingRow;
import dev.parley.torch.TrainableLM;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that has a time ends on it, whatever a step costs; the clock is the test's own. */
class TimeLimitTest {

    private static final double LIMIT = 10;
    private static final long PLANNED_STEPS = 200;

    @TempDir
    Path folder;

    private long now;
    private final List<TrainEvent.Step> events = new ArrayList<>();

    /** A set whose every row takes time to get, as a step does. @param nanos what the row taken at a moment costs */
    private Dataset dataset(LongUnaryOperator nanos) {
        return new Dataset() {

            @Override
            public int size() {
                return 64;
            }

            @Override
            public TrainingRow get(int index) {
                now += nanos.applyAsLong(now);
                return TrainingRow.of(new int[] {index % 50, 3, 5, 7});
            }

            @Override
            public long fingerprint() {
                return 1; // looking at all rows would take of the clock
            }
        };
    }

    private Trainer trainer(TrainableLM model, LongUnaryOperator nanos, boolean resume) {
        var arguments = TrainingArguments.builder().outputDir(folder.resolve("out")).maxSteps(PLANNED_STEPS).perDeviceTrainBatchSize(1)
                .learningRate(1e-3).lrSchedulerType(LrSchedule.Type.COSINE).warmupSteps(PLANNED_STEPS / 20).saveSteps(10_000)
                .loggingSteps(1);
        if (resume) arguments.resumeFromCheckpoint(folder.resolve("out"));
        now = 0;
        var clocked = dataset(nanos);
        return new Trainer(model, arguments.build(), clocked).withTimeLimit(new TimeLimit(LIMIT, () -> now)).onEvent(e -> {
            if (e instanceof TrainEvent.Step step) events.add(step);
        });
    }

    private static TrainableLM model() {
        return TrainableLM.create(ModelConfig.gpt2(50, 8, 16, 1, 2), 1);
    }

    /** @param before milliseconds of a step in the first half @param after in the second */
    private void endsOnTime(long before, long after) {
        try (var model = model()) {
            var output = trainer(model, t -> (t < LIMIT / 2 * 1e9 ? before : after) * 1_000_000, false).train();
            assertFalse(output.interrupted());
            assertEquals(LIMIT, now / 1e9, LIMIT / 10);
            assertEquals(output.globalStep(), events.getLast().totalSteps());
            assertTrue(events.getLast().learningRate() < 2e-5, "the schedule is at its end, not at " + events.getLast().learningRate());
            var half = events.get((int) (LIMIT / 2 * 1000 / before));
            assertEquals(0.5e-3, half.learningRate(), 0.1e-3); // half of the time, half of the way
        }
    }

    @Test
    void aMachineThatBecomesThreeTimesSlowerEndsOnTime() {
        endsOnTime(50, 150);
    }

    @Test
    void aMachineThatBecomesThreeTimesFasterEndsOnTime() {
        endsOnTime(60, 20);
    }

    @Test
    void aResumedRunHasTheTimeThatWasLeft() {
        try (var model = model(); var again = model()) {
            var first = trainer(model, t -> 50_000_000, false);
            var output = first.onEvent(e -> {
                if (e.step() == 120) first.stop();
            }).train();
            assertTrue(output.interrupted());
            assertFalse(trainer(again, t -> 50_000_000, true).train().interrupted());
            assertEquals(LIMIT - 120 * 0.05, now / 1e9, 0.1);
            assertTrue(events.getLast().learningRate() < 2e-5);
        }
    }

    @Test
    void noTimeIsNoLimit() {
        assertThrows(IllegalArgumentException.class, () -> TimeLimit.ofSeconds(0));
    }
}
