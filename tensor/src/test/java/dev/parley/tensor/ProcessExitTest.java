package dev.parley.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.files.ChildProcess;
import dev.parley.kernels.DType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ends JVMs in the middle of native work. */
@Execution(ExecutionMode.CONCURRENT)
class ProcessExitTest {

    private static final int ENDS = Integer.getInteger("parley.test.interruptions", 8);

    @ParameterizedTest
    @CsvSource({"alone", "workers"})
    void aSignalInTheMiddleOfProductsEndsTheProcess(String way) throws Exception {
        var random = new SplittableRandom(5);
        for (int n = 0; n < ENDS; n++) {
            try (var jvm = start(way)) {
                var out = jvm.process().inputReader();
                assertEquals("at work", out.readLine());
                Thread.sleep(random.nextInt(200));
                jvm.signal("TERM");
                assertTrue(jvm.process().waitFor(60, TimeUnit.SECONDS), "end " + n + " hangs");
                assertEquals(128 + 15, jvm.process().exitValue(), () -> "no crash: " + out.lines().toList());
                assertTrue(out.lines().toList().contains("hook"), "Java's own hooks run");
            }
        }
    }

    @Test
    void theExitCodeIsWhatWasAskedFor() throws Exception {
        try (var jvm = start("7")) {
            assertEquals(7, jvm.exitCode());
        }
    }

    private static ChildProcess start(String way) throws IOException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return ChildProcess.start(new ProcessBuilder(java, "--enable-native-access=ALL-UNNAMED", "-Xmx256m", "-cp",
                System.getProperty("java.class.path"), AtWork.class.getName(), way).redirectErrorStream(true));
    }

    /** What the JVM runs: products for ever. */
    static final class AtWork {

        private AtWork() {}

        public static void main(String[] arguments) {
            Engine.start();
            if (arguments[0].equals("7")) System.exit(7);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hook")));
            multiply(10);
            System.out.println("at work");
            if (arguments[0].equals("alone") || !Workers.canRun()) multiply(Integer.MAX_VALUE);
            try (var workers = Workers.start(2)) {
                while (true) workers.run(IntStream.range(0, 2).<Runnable>mapToObj(i -> () -> multiply(5)).toList());
            }
        }

        private static void multiply(int times) {
            for (int n = 0; n < times; n++) {
                try (var scope = Scope.open()) {
                    var a = Tensor.full(0.5, DType.FLOAT32, 400, 400);
                    List.of(a.matmul(a), a.softmax(-1)).forEach(t -> t.sum().item());
                }
            }
        }
    }
}
