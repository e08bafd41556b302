package dev.parley.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.kernels.DType;
import dev.parley.model.ModelConfig;
import dev.parley.model.TrainingBatch;
import dev.parley.tensor.NoGrad;
import dev.parley.tensor.Scope;
import org.junit.jupiter.api.Test;

class ComputeCopyTest {

    private static final String MATRIX = "model.layers.0.mlp.up_proj.weight";
    private static final TrainingBatch BATCH = TrainingBatch.of(new int[] {3, 1, 4, 1, 5, 9}, new int[] {2, 7, 1, 8, 2, 8});

    private static TrainableLM model() {
        var model = TrainableLM.create(ModelConfig.qwen3(11, 16, 16, 1, 2, 1, 24), 3);
        model.computeIn(DType.BFLOAT16);
        for (var p : model.parameters().all()) p.learn(true);
        return model;
    }

    @Test
    void productsSeeWeightsThatWereChanged() {
        try (var scope = Scope.open(); var model = model()) {
            var before = model.loss(BATCH).sum();
            try (var noGrad = NoGrad.open()) {
                model.parameters().get(MATRIX).value().mulInPlace(-3);
            }
            var after = model.loss(BATCH).sum();
            assertNotEquals(before, after);
            try (var noGrad = NoGrad.open()) {
                model.parameters().get(MATRIX).value().mulInPlace(-1.0 / 3);
            }
            assertEquals(before, model.loss(BATCH).sum(), 1e-2);
        }
    }

    @Test
    void gradientsOfProductsStayInBfloat16UntilAnotherPassAddsToThem() {
        try (var scope = Scope.open(); var model = model()) {
            var parameter = model.parameters().get(MATRIX);
            model.lossAndBackward(BATCH, 10);
            assertTrue(parameter.gradientParts().stream().allMatch(part -> part.dtype() == DType.BFLOAT16));
            var once = parameter.gradient().toFloats();
            parameter.clearGradient();
            model.lossAndBackward(BATCH, 10);
            model.lossAndBackward(BATCH, 10);
            var twice = parameter.gradient().toFloats();
            for (int i = 0; i < once.length; i++) once[i] *= 2; // exact: no sum was rounded to bfloat16
            assertArrayEquals(once, twice, 0f);
        }
    }
}
