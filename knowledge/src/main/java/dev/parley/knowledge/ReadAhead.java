package dev.parley.knowledge;

import dev.parley.files.FileFault;
import dev.parley.files.Sha256;
import dev.parley.knowledge.documents.Document;
import dev.parley.knowledge.documents.DocumentException;
import dev.parley.knowledge.documents.DocumentReader;
import dev.parley.knowledge.index.IndexedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Files one after the other, with their documents where they are new or changed. The next one is read while this one is indexed. */
final class ReadAhead implements AutoCloseable {

    /**
     * A file that was looked at.
     *
     * @param known as the index has it, if it does
     * @param now as it is; without a count of passages
     * @param document empty if the index knows this state of it
     * @param fault what is wrong with its document
     */
    record Looked(Optional<IndexedFile> known, IndexedFile now, Optional<Document> document, Optional<String> fault) {}

    private final DocumentReader reader;
    private final Map<String, IndexedFile> known;
    private final Iterator<Map.Entry<String, Path>> files;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(Thread.ofVirtual().factory());
    private Optional<Future<Looked>> next;

    ReadAhead(DocumentReader reader, Map<String, Path> files, Map<String, IndexedFile> known) {
        this.reader = reader;
        this.known = known;
        this.files = files.entrySet().iterator();
        next = begin();
    }

    private Optional<Future<Looked>> begin() {
        if (!files.hasNext()) return Optional.empty();
        var file = files.next();
        return Optional.of(thread.submit(() -> look(file.getKey(), file.getValue())));
    }

    boolean hasNext() {
        return next.isPresent();
    }

    /** The next file. */
    Looked next() {
        var reading = next.orElseThrow(NoSuchElementException::new);
        try {
            var looked = reading.get();
            next = begin();
            return looked;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KnowledgeException("The refresh was interrupted; the next one goes on from what is done.", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause()); // faults of files are results
        }
    }

    private Looked look(String source, Path path) {
        var before = Optional.ofNullable(known.get(source));
        IndexedFile now;
        try {
            var size = Files.size(path);
            var modified = Files.getLastModifiedTime(path).toMillis();
            var untouched = before.filter(file -> file.size() == size && file.modified() == modified);
            if (untouched.isPresent()) return new Looked(before, untouched.get(), Optional.empty(), Optional.empty());
            now = new IndexedFile(source, new Sha256().file(path).hex(), modified, size, 0, Optional.empty());
        } catch (IOException e) {
            var tryAgain = new IndexedFile(source, "", 0, -1, 0, Optional.empty());
            return new Looked(before, tryAgain, Optional.of(Document.EMPTY), Optional.of(unreadable(e)));
        }
        if (before.isPresent() && before.get().checksum().equals(now.checksum())) {
            return new Looked(before, now, Optional.empty(), Optional.empty());
        }
        return read(before, now, path);
    }

    private Looked read(Optional<IndexedFile> before, IndexedFile now, Path path) {
        try {
            var document = reader.read(path);
            var fault = document.cut()
                    ? Optional.of("it is too long; only its first " + document.text().length() + " characters are indexed")
                    : document.text().isBlank() ? Optional.of("it holds no text") : Optional.<String>empty();
            return new Looked(before, now, Optional.of(document), fault);
        } catch (DocumentException e) {
            return new Looked(before, now, Optional.of(Document.EMPTY), Optional.of(e.getMessage()));
        } catch (IOException e) {
            return new Looked(before, now, Optional.of(Document.EMPTY), Optional.of(unreadable(e)));
        }
    }

    private static String unreadable(IOException e) {
        return "it cannot be read: " + FileFault.reason(e);
    }

    @Override
    public void close() {
        thread.shutdownNow();
        thread.close();
    }
}
