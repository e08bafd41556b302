package dev.parley.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Threads that work beside each other on tensors, each by itself: no operation is shared out, so that nobody waits for
 * anybody until all are done. Two workers with half of a batch each train a small model faster than one batch whose
 * operations are shared out, and do not stand still when another program takes a core.
 *
 * <pre>{@code
 * try (var workers = Workers.start(2)) {
 *     workers.run(List.of(() -> pass(firstHalf), () -> pass(secondHalf)));
 * }
 * }</pre>
 */
public final class Workers implements AutoCloseable {

    private final List<ExecutorService> threads = new ArrayList<>(); // one each, so that a task always has the same thread

    private Workers(int size) {
        for (int i = 0; i < size; i++) {
            var name = "parley-worker-" + i;
            var thread = Executors.newSingleThreadExecutor(work -> Thread.ofPlatform().daemon().name(name).unstarted(work));
            threads.add(thread);
            thread.execute(ThreadPools::leaveLibgomp);
        }
    }

    /** Starts so many; {@link #canRun()} must be true. */
    public static Workers start(int size) {
        Natives.load();
        return new Workers(size);
    }

    /** True where operations can be kept in their threads: wherever libtorch runs by libgomp and OpenBLAS. */
    public static boolean canRun() {
        Natives.load();
        return ThreadPools.canBeLeft();
    }

    /** {@return the number of threads} */
    public int size() {
        return threads.size();
    }

    /**
     * Runs each task in a worker of its own and returns when all are done. Tensors that a task makes outside of a scope of
     * its own must be detached to be used by others.
     *
     * @param tasks at most one for each worker; the first always goes to the first
     * @throws RuntimeException what the first task that failed threw
     */
    public synchronized void run(List<? extends Runnable> tasks) {
        if (tasks.size() > threads.size())
            throw new IllegalArgumentException(tasks.size() + " tasks are too many for " + threads.size() + " workers.");
        ThreadPools.openBlasThreads(1);
        try {
            var running = new ArrayList<Future<?>>();
            for (int i = 0; i < tasks.size(); i++) running.add(threads.get(i).submit(tasks.get(i)));
            Throwable failure = null;
            for (var task : running) {
                var thrown = outcome(task);
                if (failure == null) failure = thrown;
            }
            if (failure instanceof RuntimeException e) throw e;
            if (failure instanceof Error e) throw e;
        } finally {
            ThreadPools.openBlasThreads(Engine.threads());
        }
    }

    /** Waits to the end, also when interrupted: the tasks use what the caller would free. @return what it threw, or null */
    private static Throwable outcome(Future<?> task) {
        var interrupted = false;
        try {
            while (true) {
                try {
                    task.get();
                    return null;
                } catch (ExecutionException e) {
                    return e.getCause();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        threads.forEach(ExecutorService::close);
    }
}
