package dev.parley.knowledge.documents;

import dev.parley.files.FolderTree;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs parsers in a program of its own ({@link ReadingProcess}), with a bound on memory and, for each file, on time. It is started when
 * it is needed and again after a file has ended it.
 */
final class ReaderProcess implements AutoCloseable {

    /** POI logs through Log4j's API, which would complain that no library writes what is logged. */
    private static final String QUIET = "-Dlog4j2.loggerContextFactory=org.apache.logging.log4j.simple.SimpleLoggerContextFactory";

    private final int characters;
    private final int megabytes;
    private final Duration patience;
    private Process process; // null while none runs
    private DataOutputStream to;
    private DataInputStream from;
    private Path scratch;

    ReaderProcess(int characters, int megabytes, Duration patience) {
        this.characters = characters;
        this.megabytes = megabytes;
        this.patience = patience;
    }

    /** Reads a file there. */
    Document read(Path file, String ending) throws DocumentException, IOException {
        if (process == null || !process.isAlive()) start();
        to.writeUTF(file.toAbsolutePath().toString());
        to.writeUTF(ending);
        to.flush();
        var in = from;
        var answer = new CompletableFuture<Document>();
        Thread.ofVirtual().start(() -> {
            try {
                answer.complete(ReadingProcess.readAnswer(in));
            } catch (DocumentException | IOException | RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        try {
            return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            stop();
            throw new DocumentException("reading it took longer than " + patience.toSeconds() + " s and was given up");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof DocumentException fault) throw new DocumentException(fault.getMessage());
            stop();
            throw new DocumentException("reading it takes more than " + megabytes + " MB of memory, or ended its parser");
        } catch (InterruptedException e) {
            stop();
            Thread.currentThread().interrupt();
            throw new DocumentException("reading it was interrupted");
        }
    }

    private void start() throws IOException {
        stop();
        scratch = Files.createTempDirectory("parley-documents");
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        process = new ProcessBuilder(List.of(java, "-Xmx" + megabytes + "m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError",
                "-Djava.awt.headless=true", QUIET, "-Djava.io.tmpdir=" + scratch, "-cp", System.getProperty("java.class.path"),
                ReadingProcess.class.getName(), String.valueOf(characters))).redirectError(Redirect.DISCARD).start();
        to = new DataOutputStream(process.getOutputStream());
        from = new DataInputStream(new BufferedInputStream(process.getInputStream(), 1 << 16));
    }

    private void stop() {
        if (process == null) return;
        process.destroyForcibly();
        try {
            process.waitFor(5, TimeUnit.SECONDS);
            FolderTree.delete(scratch);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            scratch.toFile().deleteOnExit(); // what a killed parser left can go later
        }
        process = null;
    }

    @Override
    public void close() {
        stop();
    }
}
