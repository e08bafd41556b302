package dev.parley.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parley.kernels.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

/** Tasks run beside each other, each in the same thread every time, and operations stay in them. */
class WorkersTest {

    @Test
    void eachTaskHasItsOwnThreadAndItsOperationsStayInIt() {
        assumeTrue(Workers.canRun(), "libtorch runs by other pools of threads here");
        try (var workers = Workers.start(2)) {
            var threads = new Thread[2];
            var shares = new int[2];
            workers.run(IntStream.range(0, 2).<Runnable>mapToObj(i -> () -> {
                threads[i] = Thread.currentThread();
                shares[i] = torch.get_num_threads();
            }).toList());
            assertTrue(threads[0] != threads[1]);
            assertArrayEquals(new int[] {1, 1}, shares);
            workers.run(List.of(() -> assertEquals(threads[0], Thread.currentThread()),
                    () -> assertEquals(threads[1], Thread.currentThread())));
        }
        assertEquals(Engine.threads(), torch.get_num_threads());
    }

    @Test
    void aProductIsTheSameAsAlone() {
        assumeTrue(Workers.canRun(), "libtorch runs by other pools of threads here");
        try (var scope = Scope.open(); var workers = Workers.start(2)) {
            var x = Tensor.empty(DType.FLOAT32, 64, 96).normalInPlace(0, 1);
            var results = new ArrayList<float[]>(List.of(new float[0], new float[0]));
            workers.run(IntStream.range(0, 2).<Runnable>mapToObj(i -> () -> {
                try (var inner = Scope.open()) {
                    results.set(i, x.matmul(x.transpose(0, 1)).toFloats());
                }
            }).toList());
            assertArrayEquals(x.matmul(x.transpose(0, 1)).toFloats(), results.get(0), 1e-4f); // 96 products in another order
            assertArrayEquals(results.get(0), results.get(1));
        }
    }

    @Test
    void aFailureIsThrownWhenAllAreDone() {
        assumeTrue(Workers.canRun(), "libtorch runs by other pools of threads here");
        var done = new boolean[1];
        try (var workers = Workers.start(2)) {
            assertEquals("broken", assertThrows(IllegalStateException.class, () -> workers.run(List.of(() -> {
                throw new IllegalStateException("broken");
            }, () -> done[0] = true))).getMessage());
        }
        assertTrue(done[0]);
    }
}
