package dev.parley.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.kernels.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TensorTest {

    private Scope scope;

    @BeforeEach
    void openScope() {
        scope = Scope.open();
    }

    @AfterEach
    void closeScope() {
        scope.close();
    }

    @Test
    void matmulEqualsTheTripleLoop() {
        var random = RandomGenerator.of("L64X128MixRandom");
        var a = floats(random, 3 * 4);
        var b = floats(random, 4 * 5);
        var expected = new float[3 * 5];
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 5; j++)
                for (int k = 0; k < 4; k++) expected[i * 5 + j] += a[i * 4 + k] * b[k * 5 + j];
        var product = Tensor.ofFloats(a, 3, 4).matmul(Tensor.ofFloats(b, 4, 5));
        assertArrayEquals(new long[] {3, 5}, product.shape());
        assertArrayEquals(expected, product.toFloats(), 1e-5f); // sums of four products of numbers below 1
    }

    @Test
    void wrongShapesNameTheOperationAndBothShapes() {
        var a = Tensor.zeros(DType.FLOAT32, 2, 3);
        var b = Tensor.zeros(DType.FLOAT32, 4, 5);
        var message = assertThrows(TensorException.class, () -> a.matmul(b)).getMessage();
        assertTrue(message.contains("matmul") && message.contains("(2, 3)") && message.contains("(4, 5)"), message);
        assertTrue(message.length() < 300, message);
        for (var op : List.<Runnable>of(() -> a.add(b), () -> a.view(7), () -> a.select(0, 2), () -> a.narrow(1, 2, 2),
                () -> a.transpose(0, 5), () -> Tensor.cat(0, a, b), () -> a.gather(0, b), () -> a.size(2), () -> a.item(),
                () -> Functional.layerNorm(a, b, b, 1e-5), () -> Functional.embedding(Tensor.ofInts(new int[] {2}, 1), a),
                () -> Functional.embedding(a, a), () -> a.backward(), () -> a.grad(), () -> a.copyInPlace(b),
                () -> a.asStrided(new long[] {9, 9}, new long[] {9, 1}, 0), () -> Tensor.zeros(DType.FLOAT32, -1),
                () -> Tensor.ofFloats(new float[3], 2), () -> a.transpose(0, 1).memory())) {
            assertThrows(TensorException.class, op::run);
        }
    }

    @Test
    void aTensorUsedAfterItsScopeIsAnErrorAndNoCrash() {
        Tensor freed;
        try (var inner = Scope.open()) {
            freed = Tensor.zeros(DType.FLOAT32, 4);
        }
        assertThrows(TensorException.class, () -> freed.add(1));
        assertThrows(TensorException.class, freed::toFloats);
        assertThrows(TensorException.class, freed::shape);
        assertThrows(TensorException.class, () -> Tensor.zeros(DType.FLOAT32, 4).add(freed));
    }

    @Test
    void keptTensorsOutliveTheirScopeAndNoLonger() {
        Tensor kept;
        try (var outer = Scope.open()) {
            try (var inner = Scope.open()) {
                kept = inner.keep(Tensor.full(3, DType.FLOAT32, 2).add(1));
            }
            assertArrayEquals(new float[] {4, 4}, kept.toFloats());
        }
        assertThrows(TensorException.class, kept::toFloats);
    }

    @Test
    void gradientsEqualFiniteDifferences() {
        var random = RandomGenerator.of("L64X128MixRandom");
        var values = floats(random, 12);
        var x = Tensor.ofFloats(values, 3, 4).requiresGrad(true);
        loss(x).backward();
        var grad = x.grad().toFloats();
        for (int i = 0; i < values.length; i++) {
            var h = 1e-2f;
            var up = values.clone();
            var down = values.clone();
            up[i] += h;
            down[i] -= h;
            var slope = (loss(Tensor.ofFloats(up, 3, 4)).item() - loss(Tensor.ofFloats(down, 3, 4)).item()) / (2 * h);
            assertEquals(slope, grad[i], 2e-3); // float32 differences over a step of 0.02
        }
        x.clearGrad();
        assertFalse(x.hasGrad());
    }

    private static Tensor loss(Tensor x) {
        return Functional.geluNew(x.matmul(x.transpose(0, 1))).softmax(-1).mul(x.sum(1)).sum();
    }

    @Test
    void noGradRecordsNothing() {
        var x = Tensor.full(2, DType.FLOAT32, 1).requiresGrad(true);
        try (var noGrad = NoGrad.open()) {
            assertFalse(x.mul(3).requiresGrad());
        }
        assertTrue(x.mul(3).requiresGrad());
    }

    @Test
    void aLoopOfTwoHundredStepsLeavesNoNativeMemory() {
        step();
        var before = Pointer.totalBytes();
        var count = Pointer.totalCount();
        for (int i = 0; i < 200; i++) step();
        assertEquals(before, Pointer.totalBytes());
        assertEquals(count, Pointer.totalCount());
    }

    private static void step() {
        try (var inner = Scope.open()) {
            var x = Tensor.full(0.5, DType.FLOAT32, 64, 64).requiresGrad(true);
            loss(x).backward();
            x.grad().isFinite();
            x.hasGrad();
            assertThrows(TensorException.class, () -> x.matmul(Tensor.zeros(DType.FLOAT32, 3, 3)));
        }
    }

    @Test
    void nanAndInfinityAreNotFinite() {
        assertTrue(Tensor.ofFloats(new float[] {1, -3e38f}, 2).isFinite());
        assertFalse(Tensor.ofFloats(new float[] {1, Float.NaN}, 2).isFinite());
        assertFalse(Tensor.ofFloats(new float[] {Float.POSITIVE_INFINITY, 1}, 2).isFinite());
        assertFalse(Tensor.ofFloats(new float[] {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}, 2).isFinite());
    }

    @Test
    void randomStateGoesOnWhereItWasSaved() {
        RandomState.seed(7);
        Tensor.empty(DType.FLOAT32, 5).normalInPlace(0, 1);
        var state = RandomState.save();
        var first = Tensor.empty(DType.FLOAT32, 40).normalInPlace(0, 1).toFloats();
        RandomState.restore(state);
        assertArrayEquals(first, Tensor.empty(DType.FLOAT32, 40).normalInPlace(0, 1).toFloats());
        RandomState.seed(7);
        Tensor.empty(DType.FLOAT32, 5).normalInPlace(0, 1);
        assertArrayEquals(first, Tensor.empty(DType.FLOAT32, 40).normalInPlace(0, 1).toFloats());
    }

    @Test
    void engineSaysWhatIsInUse() {
        var facts = Engine.describe();
        for (var key : new ArrayList<>(List.of("engine", "device", "threads", "compute type", "kernels", "allocator"))) {
            assertFalse(facts.get(key).isBlank());
        }
        System.out.println(Engine.describeInOneLine());
    }

    private static float[] floats(RandomGenerator random, int n) {
        var values = new float[n];
        for (int i = 0; i < n; i++) values[i] = random.nextFloat() - 0.5f;
        return values;
    }
}
