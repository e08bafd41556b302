package dev.parley.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parley.kernels.DType;
import dev.parley.model.ModelConfig;
import dev.parley.model.TrainingBatch;
import dev.parley.tensor.Engine;
import dev.parley.tensor.Workers;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Rows that are shared out to threads train as they do together. */
class ReplicasTest {

    private static final ModelConfig CONFIG = ModelConfig.gpt2(97, 24, 32, 2, 2);

    private static int[][] ids(int rows) {
        var random = new SplittableRandom(5);
        var ids = new int[rows][24];
        for (var row : ids) Arrays.setAll(row, i -> random.nextInt(97));
        return ids;
    }

    private static TrainableLM model() {
        var model = TrainableLM.create(CONFIG, 3);
        model.computeIn(DType.FLOAT32);
        for (var p : model.parameters().all()) p.learn(true);
        return model;
    }

    private static Map<String, float[]> gradients(TrainableLM model) {
        var all = new LinkedHashMap<String, float[]>();
        for (var p : model.parameters().all()) all.put(p.name(), p.gradient().toFloats());
        return all;
    }

    @Test
    void gradientsOfSharedRowsAreThoseOfTheRowsOneByOne() {
        assumeTrue(Engine.threads() > 1 && Workers.canRun(), "one thread shares nothing out");
        var ids = ids(5); // not a multiple of the threads
        try (var shared = model(); var single = model()) {
            var loss = shared.lossAndBackward(TrainingBatch.of(ids), 100);
            var sum = new LossSum(0, 0);
            for (var row : ids) sum = sum.plus(single.lossAndBackward(TrainingBatch.of(row), 100));
            assertEquals(sum.targets(), loss.targets());
            assertEquals(sum.sum(), loss.sum(), 1e-3); // 115 targets of about 4.6 each in float32
            var expected = gradients(single);
            gradients(shared).forEach((name, gradient) -> assertArrayEquals(expected.get(name), gradient, 1e-5f, name));
            assertEquals(shared.loss(TrainingBatch.of(ids)).sum(), sum.sum(), 1e-3);
        }
    }

    @Test
    void thePassIsTheSameToTheLastBitEachTime() {
        var ids = ids(4);
        try (var first = model(); var second = model()) {
            assertEquals(first.lossAndBackward(TrainingBatch.of(ids), 7), second.lossAndBackward(TrainingBatch.of(ids), 7));
            var expected = gradients(first);
            gradients(second).forEach((name, gradient) -> assertArrayEquals(expected.get(name), gradient, name));
        }
    }

    @Test
    void sharesLeaveNothingBehind() {
        var ids = ids(4);
        try (var model = model()) {
            for (int i = 0; i < 3; i++) pass(model, ids);
            var live = Engine.liveNativeObjects();
            for (int i = 0; i < 20; i++) pass(model, ids);
            assertEquals(live, Engine.liveNativeObjects());
        }
    }

    private static void pass(TrainableLM model, int[][] ids) {
        model.lossAndBackward(TrainingBatch.of(ids), 1);
        for (var p : model.parameters().all()) p.clearGradient();
    }
}
