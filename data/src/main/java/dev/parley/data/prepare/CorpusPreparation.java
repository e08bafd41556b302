package dev.parley.data.prepare;

import dev.parley.data.text.TextDocument;
import dev.parley.data.text.TextReader;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Prepares a corpus of any size in constant memory: one thread reads, several clean and tokenise, and documents pass in their order
 * through the search for duplicates to the files, so that the same input gives the same output whatever the threads do.
 *
 * <pre>{@code
 * var report = new CorpusPreparation(reader, PreparationSettings.usual(), destination).run();
 * }</pre>
 */
public final class CorpusPreparation {

    private static final int BATCH_CHARACTERS = 1 << 18;
    private static final int BATCH_DOCUMENTS = 1000;
    private static final int CHARACTERS_IN_FLIGHT = 1 << 26;
    private static final long NANOS_BETWEEN_PROGRESS = 250_000_000;

    private final TextReader reader;
    private final PreparationSettings settings;
    private final Destination destination;
    private final DocumentFilter filter;
    private final BlockingQueue<Future<Batch>> cleaned;
    private final ArrayDeque<Ready> ready = new ArrayDeque<>();
    private final Semaphore inFlight = new Semaphore(CHARACTERS_IN_FLIGHT);
    private final long started = System.nanoTime();
    private Consumer<Progress> onProgress = _ -> {};
    private long told;
    private volatile boolean stopped;

    /**
     * How far the work is.
     *
     * @param read bytes of the files
     * @param all bytes of all files
     * @param text bytes of text so far
     */
    public record Progress(long read, long all, long text, double seconds) {}

    /** Documents on their way. @param characters of the texts as they were read @param candidates once they are cleaned */
    private record Batch(int characters, List<DocumentFilter.Candidate> candidates) {}

    /** What is left of a batch, once it can be written. */
    private record Ready(int characters, Future<Destination.Write> write) {}

    /** Somebody asked for an end. */
    public static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Stopped() {
            super("The preparation was stopped before its end; nothing of it is kept.");
        }
    }

    /** Prepares nothing yet. */
    public CorpusPreparation(TextReader reader, PreparationSettings settings, Destination destination) throws IOException {
        this.reader = reader;
        this.settings = settings;
        this.destination = destination;
        var all = Math.max(1, reader.bytes());
        this.filter = new DocumentFilter(settings, read -> read * all / Math.max(1, reader.bytesRead()));
        this.cleaned = new ArrayBlockingQueue<>(4 * settings.threads());
    }

    /** Whom to tell how far it is, some times a second. */
    public CorpusPreparation onProgress(Consumer<Progress> listener) {
        onProgress = listener;
        return this;
    }

    /** Bytes of all files, which {@link Progress#read} comes to. */
    public long bytes() throws IOException {
        return reader.bytes();
    }

    /** Asks for an end soon; {@link #run} then throws {@link Stopped}. Any thread may call it. */
    public void stop() {
        stopped = true;
    }

    /**
     * Does all of it, and writes {@code report.json} and {@code samples.jsonl}, which shows dropped documents, beside the data.
     *
     * @throws IllegalArgumentException if an input cannot be read, or nothing is left of it
     * @throws Stopped after {@link #stop}
     */
    public PreparationReport run() throws IOException {
        var pool = Executors.newFixedThreadPool(settings.threads(), task -> {
            var thread = new Thread(task, "prepare");
            thread.setDaemon(true);
            return thread;
        });
        var reading = Executors.newSingleThreadExecutor(task -> {
            var thread = new Thread(task, "read");
            thread.setDaemon(true);
            return thread;
        });
        try {
            var end = reading.submit(() -> read(pool));
            while (true) {
                var isAtEnd = end.isDone();
                if (isAtEnd) result(end);
                var next = cleaned.poll(isAtEnd ? 0 : 100, TimeUnit.MILLISECONDS);
                if (stopped) throw new Stopped();
                if (next != null) pass(result(next), pool);
                else if (isAtEnd) break;
                while (ready.size() > 4 * settings.threads() || !ready.isEmpty() && ready.peek().write().isDone()) write(ready.poll());
            }
            while (!ready.isEmpty()) write(ready.poll());
            return finish();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Stopped();
        } finally {
            stopped = true;
            reading.shutdownNow();
            pool.shutdownNow();
        }
    }

    // ---- the thread that reads ----

    private Void read(ExecutorService pool) throws IOException {
        var collecting = new Collecting(pool);
        reader.read(collecting::add);
        collecting.submit();
        return null;
    }

    /** Gathers documents into batches. */
    private final class Collecting {

        private final ExecutorService pool;
        private List<TextDocument> batch = new ArrayList<>();
        private long characters;

        Collecting(ExecutorService pool) {
            this.pool = pool;
        }

        void add(TextDocument document) {
            if (stopped) throw new Stopped();
            batch.add(document);
            characters += document.text().length();
            if (characters >= BATCH_CHARACTERS || batch.size() >= BATCH_DOCUMENTS) submit();
        }

        void submit() {
            if (batch.isEmpty()) return;
            var documents = batch;
            var size = (int) Math.min(characters, CHARACTERS_IN_FLIGHT);
            batch = new ArrayList<>();
            characters = 0;
            try {
                inFlight.acquire(size);
                cleaned.put(pool.submit(() -> new Batch(size, documents.stream().map(filter::clean).toList())));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new Stopped();
            }
        }
    }

    // ---- the thread that keeps the order ----

    private void pass(Batch batch, ExecutorService pool) throws IOException {
        var kept = new ArrayList<Destination.Kept>();
        for (var candidate : batch.candidates()) filter.decide(candidate).ifPresent(kept::add);
        ready.add(new Ready(batch.characters(), pool.submit(() -> destination.ready(kept))));
        var now = System.nanoTime();
        if (now - told > NANOS_BETWEEN_PROGRESS) {
            told = now;
            onProgress.accept(new Progress(reader.bytesRead(), reader.bytes(), filter.tally().bytes(), seconds()));
        }
    }

    private void write(Ready batch) throws IOException, InterruptedException {
        result(batch.write()).run();
        inFlight.release(batch.characters());
    }

    private double seconds() {
        return (System.nanoTime() - started) / 1e9;
    }

    private static <T> T result(Future<T> future) throws IOException, InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException problem -> throw problem;
                case IOException problem -> throw problem;
                case Error problem -> throw problem;
                default -> throw new IllegalStateException(e.getCause());
            }
        }
    }

    private PreparationReport finish() throws IOException {
        var tally = filter.tally();
        if (tally.keptDocuments() == 0) {
            throw new IllegalArgumentException(tally.documents() == 0
                    ? "The files hold no document" + (reader.bad().count() == 0 ? "." : "; " + reader.bad().samples().getFirst())
                    : "None of " + tally.documents() + " documents is left; use fewer steps, or other limits.");
        }
        var report = new PreparationReport(tally.documents(), tally.bytes(), tally.steps(), tally.keptDocuments(), tally.keptBytes(),
                destination.written(), reader.bad().count(), reader.bad().samples(), filter.notes(), seconds());
        filter.samples().write(destination.folder().resolve("samples.jsonl"));
        report.write(destination.folder().resolve("report.json"));
        destination.finish();
        return report;
    }
}
