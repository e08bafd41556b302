package dev.parley.files;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A process that a test starts and that does not outlive it: closing ends it with all that it started, and so does the end of
 * this JVM.
 *
 * <pre>{@code
 * try (var child = ChildProcess.start(new ProcessBuilder("./parley", "--version"))) {
 *     assertEquals(0, child.exitCode());
 * }
 * }</pre>
 */
public final class ChildProcess implements AutoCloseable {

    private static final int PATIENCE = 15; // minutes: of a test that hangs, not of a machine that is slow

    private static final Set<ChildProcess> OPEN = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> OPEN.forEach(ChildProcess::kill)));
    }

    private final Process process;

    private ChildProcess(Process process) {
        this.process = process;
        OPEN.add(this);
    }

    public static ChildProcess start(ProcessBuilder builder) throws IOException {
        return new ChildProcess(builder.start());
    }

    public Process process() {
        return process;
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Sends it a signal, such as {@code TERM}. */
    public void signal(String name) throws IOException, InterruptedException {
        try (var kill = start(new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())))) {
            kill.exitCode();
        }
    }

    /** Waits for its end. */
    public int exitCode() throws InterruptedException {
        if (!process.waitFor(PATIENCE, TimeUnit.MINUTES))
            throw new AssertionError("does not come to an end: " + process.info().commandLine().orElse("a process"));
        return process.exitValue();
    }

    private void kill() {
        // Collected first: children of a process that has ended are nobody's.
        var all = Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(ended -> ended.onExit().join());
    }

    /** Kills it and what it started, if they still run, and waits for their end. */
    @Override
    public void close() {
        kill();
        OPEN.remove(this);
    }
}
