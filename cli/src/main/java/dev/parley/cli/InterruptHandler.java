package dev.parley.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C while something long runs: the work is asked to stop and given time to leave things in order, and the command to say
 * what became of it; then the program ends.
 *
 * <pre>{@code
 * try (var interruption = InterruptHandler.stops(trainer::stop, output)) {
 *     trainer.train();
 * }
 * }</pre>
 */
public final class InterruptHandler implements AutoCloseable {

    private static final long SECONDS_TO_STOP = 120;

    private static volatile CountDownLatch command = new CountDownLatch(0); // of the program; none where commands run in another's JVM

    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook;

    private InterruptHandler(Runnable stop, String saying, Output output) {
        hook = new Thread(() -> {
            output.note("\n" + saying);
            stop.run();
            try {
                if (ended.await(SECONDS_TO_STOP, TimeUnit.SECONDS)) command.await(SECONDS_TO_STOP, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** The program begins its one command: once it is interrupted, it does not end before {@link #commandEnds()}. */
    static void commandBegins() {
        command = new CountDownLatch(1);
    }

    /** The command has said its last word. */
    static void commandEnds() {
        command.countDown();
    }

    /** @param stop asks a training to end; called by another thread */
    public static InterruptHandler stops(Runnable stop, Output output) {
        return stops(stop, "Stopping after this step; a checkpoint is written.", output);
    }

    /**
     * Stops any other work.
     *
     * @param stop asks the work to end; called by another thread
     * @param saying what the user is told at once
     */
    public static InterruptHandler stops(Runnable stop, String saying, Output output) {
        return new InterruptHandler(stop, saying, output);
    }

    /** The work has ended. If the program is going down because of Ctrl-C, it now may. */
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // Ctrl-C was pressed: the JVM is going down and the hook waits for us
        }
        ended.countDown();
    }
}
