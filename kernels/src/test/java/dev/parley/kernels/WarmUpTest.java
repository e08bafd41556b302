package dev.parley.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.kernels.vectors.VectorKernels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WarmUpTest {

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream().filter(t -> t.getName().equals("parley-kernels-warm-up")).count();
    }

    @Test
    void itEndsWithVectorsReadyAndBeginsOnlyOnce() throws InterruptedException {
        WarmUp.start();
        WarmUp.start();
        assertTrue(threads() <= 1);
        while (threads() > 0) Thread.sleep(5);
        assertTrue(VectorKernels.areReady());
        WarmUp.start();
        assertEquals(0, threads());
    }
}
