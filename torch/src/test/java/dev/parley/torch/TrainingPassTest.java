package dev.parley.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.parley.kernels.DType;
import dev.parley.model.ModelConfig;
import dev.parley.model.TrainingBatch;
import dev.parley.tensor.Engine;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrainingPassTest {

    private static final ModelConfig CONFIG = ModelConfig.qwen3(97, 32, 32, 2, 4, 2, 48);

    private static TrainingBatch batch(int rows) {
        var random = new SplittableRandom(5);
        int[][] ids = new int[rows][20], labels = new int[rows][];
        for (int b = 0; b < rows; b++) {
            Arrays.setAll(ids[b], i -> random.nextInt(97));
            labels[b] = ids[b].clone();
            Arrays.fill(labels[b], 0, 3 + b, -100); // rows with different numbers of targets
        }
        return TrainingBatch.of(ids, labels);
    }

    private static TrainableLM model(DType computeType) {
        var model = TrainableLM.create(CONFIG, 3);
        model.computeIn(computeType);
        for (var p : model.parameters().all()) p.learn(true);
        return model;
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"FLOAT32", "BFLOAT16"})
    void equalWeightsAreThePlainLossBitForBit(DType computeType) {
        for (var rows : new int[] {1, 5}) {
            var batch = batch(rows);
            var n = batch.targets().length;
            try (var plain = model(computeType); var weighted = model(computeType)) {
                var loss = plain.lossAndBackward(batch, n);
                try (var pass = weighted.pass(batch)) {
                    var logprobs = pass.logprobs();
                    assertEquals(n, logprobs.length);
                    assertEquals(loss.sum(), -DoubleStream.of(logprobs).sum(), 1e-4 * loss.sum());
                    assertArrayEquals(logprobs, weighted.targetLogprobs(batch));
                    var weights = new double[n];
                    Arrays.fill(weights, -1.0 / n);
                    pass.backward(weights);
                }
                for (var p : plain.parameters().all()) {
                    assertArrayEquals(p.gradient().toFloats(), weighted.parameters().get(p.name()).gradient().toFloats(), p.name());
                }
            }
        }
    }

    @Test
    void aWeightIsTheSlopeOfItsLogProbability() {
        var batch = batch(3);
        var random = new SplittableRandom(8);
        var weights = random.doubles(batch.targets().length, -1, 1).toArray();
        try (var model = model(DType.FLOAT32)) {
            try (var pass = model.pass(batch)) {
                pass.logprobs();
                pass.backward(weights);
            }
            for (var p : model.parameters().all()) {
                var gradient = p.gradient().toFloats();
                var direction = new float[gradient.length];
                for (int i = 0; i < direction.length; i++) direction[i] = random.nextInt(3) - 1;
                double expected = 0;
                for (int i = 0; i < direction.length; i++) expected += (double) gradient[i] * direction[i];
                var step = 3e-2 / Math.sqrt(direction.length);
                var measured = (moved(model, p, direction, step, batch, weights) - moved(model, p, direction, -step, batch, weights))
                        / (2 * step);
                assertEquals(measured, expected, 0.02 + 0.02 * Math.abs(measured), p.name()); // float32's noise of 3e-6 over that step
            }
        }
    }

    private static double moved(TrainableLM model, Parameter p, float[] direction, double step, TrainingBatch batch,
            double[] weights) {
        var memory = p.value().memory();
        var before = p.value().toFloats();
        var after = before.clone();
        for (int i = 0; i < after.length; i++) after[i] += (float) (step * direction[i]);
        memory.copyFrom(MemorySegment.ofArray(after));
        var logprobs = model.targetLogprobs(batch);
        memory.copyFrom(MemorySegment.ofArray(before));
        double sum = 0;
        for (int i = 0; i < weights.length; i++) sum += weights[i] * logprobs[i];
        return sum;
    }

    @Test
    void whatIsFrozenGetsNoGradient() {
        try (var model = TrainableLM.create(CONFIG, 3)) {
            model.computeIn(DType.FLOAT32);
            for (var p : model.parameters().all()) {
                p.trainable(p.name().contains("layers.1.mlp"));
                p.learn(true);
            }
            model.lossAndBackward(batch(4), 10);
            for (var p : model.parameters().all()) assertEquals(p.trainable(), !p.gradientParts().isEmpty(), p.name());
            assertEquals(3, model.parameters().trainable().size());
        }
    }

    @Test
    void aPassGoesBackOnceAndLeavesNothingBehind() {
        try (var model = model(DType.FLOAT32)) {
            var batch = batch(4);
            var weights = new double[batch.targets().length];
            try (var pass = model.pass(batch)) {
                assertThrows(IllegalArgumentException.class, () -> pass.backward(new double[1]));
                pass.backward(weights);
                assertThrows(IllegalStateException.class, () -> pass.backward(weights));
            }
            var live = Engine.liveNativeObjects();
            for (int i = 0; i < 5; i++) {
                try (var pass = model.pass(batch)) {
                    assertFalse(Double.isNaN(pass.logprobs()[0]));
                    if (i % 2 == 0) pass.backward(weights);
                }
            }
            assertEquals(live, Engine.liveNativeObjects());
        }
    }
}
