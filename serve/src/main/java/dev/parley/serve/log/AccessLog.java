package dev.parley.serve.log;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.serve.http.RequestNotes;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.RequestLog;
import org.eclipse.jetty.server.Response;

/**
 * Writes a line of JSON for each request when its answer has ended, also for those that were refused before they reached a route.
 * What was asked and answered is in it only where the operator asked for that; queries of addresses never are. It is not rotated:
 * a tool such as logrotate does that, with {@code copytruncate}.
 */
public final class AccessLog implements RequestLog, AutoCloseable {

    private static final int MOST_PATH = 500;

    private final Consumer<String> lines;
    private final Optional<BufferedWriter> file;
    private final boolean texts;
    private final InstantSource clock = InstantSource.system();

    private AccessLog(Consumer<String> lines, Optional<BufferedWriter> file, boolean texts) {
        this.lines = lines;
        this.file = file;
        this.texts = texts;
    }

    /**
     * A log that adds to a file, or without one gives its lines to somebody.
     *
     * @param texts whether it holds what was asked and answered
     * @throws UncheckedIOException if the file cannot be written
     */
    public static AccessLog open(Optional<Path> file, boolean texts, Consumer<String> otherwise) {
        if (file.isEmpty()) return new AccessLog(otherwise, Optional.empty(), texts);
        try {
            var writer = new BufferedWriter(Channels.newWriter(opened(file.get()), StandardCharsets.UTF_8));
            return new AccessLog(line -> write(writer, line, otherwise), Optional.of(writer), texts);
        } catch (IOException e) {
            throw new UncheckedIOException("The access log " + file.get() + " cannot be written: " + e.getMessage() + ".", e);
        }
    }

    /** A new file is its owner's alone, as the database is: it tells who asked when, and maybe what. */
    private static SeekableByteChannel opened(Path file) throws IOException {
        Set<StandardOpenOption> options = Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
        if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) return Files.newByteChannel(file, options);
        return Files.newByteChannel(file, options, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    private static void write(BufferedWriter writer, String line, Consumer<String> otherwise) {
        synchronized (writer) {
            try {
                writer.write(line + "\n");
                writer.flush();
            } catch (IOException e) {
                otherwise.accept("A line of the access log was lost: " + e.getMessage());
            }
        }
    }

    /** Whether what was asked and answered shall be noted. */
    public boolean wantsTexts() {
        return texts;
    }

    @Override
    public void log(Request request, Response response) {
        lines.accept(line(request, response).toString());
    }

    private ObjectNode line(Request request, Response response) {
        var notes = RequestNotes.find(request);
        var line = JsonNodeFactory.instance.objectNode();
        var time = Instant.ofEpochMilli(clock.millis());
        line.put("time", time.toString());
        line.put("address", notes.map(RequestNotes::address).filter(a -> !a.isEmpty()).orElseGet(() -> Request.getRemoteAddr(request)));
        line.put("method", request.getMethod());
        line.put("path", shortened(String.valueOf(request.getHttpURI().getPath())));
        line.put("status", response.getStatus());
        line.put("ms", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - request.getBeginNanoTime()));
        line.put("bytes", Response.getContentBytesWritten(response));
        notes.ifPresent(n -> put(line, n));
        return line;
    }

    private void put(ObjectNode line, RequestNotes notes) {
        if (!notes.caller().isEmpty()) line.put("caller", notes.caller());
        if (!notes.model().isEmpty()) line.put("model", notes.model());
        if (notes.tokens() > 0) line.put("tokens", notes.tokens());
        if (!texts) return;
        if (!notes.asked().isEmpty()) line.put("asked", notes.asked());
        if (!notes.answered().isEmpty()) line.put("answered", notes.answered());
    }

    private static String shortened(String path) {
        return path.length() > MOST_PATH ? path.substring(0, MOST_PATH) + "…" : path;
    }

    @Override
    public void close() {
        try {
            if (file.isPresent()) file.get().close();
        } catch (IOException e) {
            throw new UncheckedIOException("The access log cannot be closed.", e);
        }
    }
}
