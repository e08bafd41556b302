package dev.parley.train.optimizer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.parley.kernels.DType;
import dev.parley.model.ModelConfig;
import dev.parley.tensor.NoGrad;
import dev.parley.tensor.Scope;
import dev.parley.tensor.Tensor;
import dev.parley.torch.Parameter;
import dev.parley.torch.TrainableLM;
import dev.parley.train.optimizer.OptimizerSettings.MuonSettings;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MuonTest {

    private static final int STEPS = 8; // enough for singular values of 1, within a thousandth

    @ParameterizedTest
    @ValueSource(ints = {12, 40})
    void polarExpressMakesAllSingularValuesOne(int columns) {
        var rows = 16;
        var random = new Random(3);
        var values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) values[i] = (float) random.nextGaussian();
        try (var scope = Scope.open(); var noGrad = NoGrad.open()) {
            var x = NewtonSchulz.POLAR_EXPRESS.orthogonalized(Tensor.ofFloats(values, 1, rows, columns), STEPS).toFloats();
            if (columns >= rows) assertOrthonormal(x, 0, rows, columns, columns, 1, 1);
            else assertOrthonormal(x, 0, columns, rows, 1, columns, 1);
        }
    }

    /** Heads and neurons lie along the outputs of what reads the residual stream, and along the inputs of what writes to it. */
    @Test
    void eachHeadAndEachBlockOfNeuronsIsOrthogonalisedByItself() {
        var block = 8;
        for (var config : List.of(ModelConfig.gpt2(50, 32, 32, 1, 4), ModelConfig.qwen3(50, 32, 32, 1, 4, 2, 48))) {
            try (var model = TrainableLM.create(config, 1)) {
                for (var parameter : model.parameters().all()) {
                    if (!parameter.isLayerMatrix()) continue;
                    var change = changeOf(parameter, block);
                    int columns = (int) parameter.shape()[1], inner = parameter.innerDimension(),
                            residual = (int) parameter.shape()[1 - inner];
                    assertEquals(32, residual, parameter.name());
                    // Of all blocks together the squares sum to the outputs.
                    var square = (double) parameter.outFeatures() / parameter.shape()[inner];
                    for (int at = 0; at < parameter.shape()[inner]; at += block) {
                        if (inner == 0) assertOrthonormal(change, at * columns, block, residual, columns, 1, square);
                        else assertOrthonormal(change, at, block, residual, 1, columns, square);
                    }
                }
            }
        }
    }

    @Test
    void aSizeThatDoesNotDivideTakesTheWholeMatrix() {
        try (var model = TrainableLM.create(ModelConfig.gpt2(50, 32, 32, 1, 4), 1)) {
            var parameter = model.parameters().get("transformer.h.0.attn.c_proj.weight");
            assertOrthonormal(changeOf(parameter, 7), 0, 32, 32, 32, 1, 1);
        }
    }

    /** What one step of a rate of -1 adds, from a random gradient. */
    private static float[] changeOf(Parameter parameter, int blockSize) {
        parameter.value().requiresGrad(true);
        var settings = new MuonSettings(1, 0, NewtonSchulz.POLAR_EXPRESS, STEPS, blockSize);
        try (var scope = Scope.open(); var muon = new Muon(parameter, settings)) {
            var random = new Random(parameter.name().hashCode());
            var gradient = new float[(int) parameter.value().elementCount()];
            for (int i = 0; i < gradient.length; i++) gradient[i] = (float) random.nextGaussian();
            parameter.value().mul(Tensor.ofFloats(gradient, parameter.shape())).sum().backward();
            try (var noGrad = NoGrad.open()) {
                parameter.value().fillInPlace(0);
            }
            muon.step(-1, 0, 1);
            return parameter.value().to(DType.FLOAT32).toFloats();
        }
    }

    /** Checks A Aᵀ = square · I, where A has rows and columns of these strides. */
    private static void assertOrthonormal(float[] values, int start, int rows, int columns, int rowStride, int columnStride,
            double square) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < rows; j++) {
                var dot = 0.0;
                for (int k = 0; k < columns; k++)
                    dot += values[start + i * rowStride + k * columnStride] * (double) values[start + j * rowStride + k * columnStride];
                assertEquals(i == j ? square : 0, dot, 2e-3 * Math.max(1, square), () -> Arrays.toString(new int[] {start, rows, columns}));
            }
        }
    }
}
