package dev.parley.knowledge;

import dev.parley.files.Sha256;
import dev.parley.knowledge.documents.Document;
import dev.parley.knowledge.documents.DocumentException;
import dev.parley.knowledge.documents.DocumentReader;
import dev.parley.knowledge.documents.PassageCutter;
import dev.parley.knowledge.index.Found;
import dev.parley.knowledge.index.IndexFolder;
import dev.parley.knowledge.index.IndexUpdate;
import dev.parley.knowledge.index.IndexedFile;
import dev.parley.knowledge.index.Language;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One refresh of an index: finds the files, reads what is new, and puts it in. */
final class Refresh {

    private static final int TEXTS_AT_ONCE = 128;
    /** As many as the longest text has, unless it is made of headings. */
    private static final int MOST_PASSAGES = 20_000;

    private final IndexFolder index;
    private final Embedder embedder;
    private final IndexProgress progress;
    private final List<String> added = new ArrayList<>();
    private final List<String> changed = new ArrayList<>();
    private final List<String> removed = new ArrayList<>();
    private final List<IndexReport.Fault> faults = new ArrayList<>();
    private int unchanged;

    Refresh(IndexFolder index, Embedder embedder, IndexProgress progress) {
        this.index = index;
        this.embedder = embedder;
        this.progress = progress;
    }

    IndexReport run(List<Path> folders) {
        var start = System.nanoTime();
        var files = FolderFiles.of(folders);
        var anew = index.embedder().filter(id -> !id.equals(embedder.id())).isPresent();
        try (var update = new IndexUpdate(index, embedder.id(), anew); var reader = new DocumentReader(DocumentReader.Limits.DEFAULT)) {
            var known = anew ? Map.<String, IndexedFile>of() : index.files(); // after the lock is ours: nobody changes it any more
            var done = 0;
            for (var file : files.entrySet()) {
                file(update, reader, file.getKey(), file.getValue(), Optional.ofNullable(known.get(file.getKey())));
                progress.at(++done, files.size(), file.getKey());
            }
            for (var source : known.keySet()) {
                if (files.containsKey(source)) continue;
                update.remove(source);
                removed.add(source);
            }
            update.commit();
        }
        removed.sort(null);
        return new IndexReport(added, changed, removed, unchanged, index.passages(), faults, Duration.ofNanos(System.nanoTime() - start));
    }

    private void file(IndexUpdate update, DocumentReader reader, String source, Path path, Optional<IndexedFile> known) {
        IndexedFile seen;
        try {
            var size = Files.size(path);
            var modified = Files.getLastModifiedTime(path).toMillis();
            if (known.isPresent() && known.get().size() == size && known.get().modified() == modified) {
                same(known.get());
                return;
            }
            seen = new IndexedFile(source, new Sha256().file(path).hex(), modified, size, 0, Optional.empty());
        } catch (IOException e) {
            seen = new IndexedFile(source, "", 0, -1, 0, Optional.of("it cannot be read: " + e.getMessage())); // is tried again
        }
        if (known.isPresent() && known.get().checksum().equals(seen.checksum()) && seen.fault().isEmpty()) {
            same(known.get());
            return;
        }
        (known.isPresent() ? changed : added).add(source);
        put(update, seen.fault().isPresent() ? new Read(empty(), seen.fault()) : read(reader, path), seen);
    }

    private void same(IndexedFile file) {
        unchanged++;
        file.fault().ifPresent(fault -> fault(file.source(), fault));
    }

    private void fault(String source, String fault) {
        faults.add(new IndexReport.Fault(source, source + ": " + fault + "."));
    }

    private record Read(Document document, Optional<String> fault) {}

    private static Document empty() {
        return new Document("", "", List.of(), false);
    }

    private static Read read(DocumentReader reader, Path path) {
        try {
            var document = reader.read(path);
            return new Read(document, document.cut()
                    ? Optional.of("it is too long; only its first " + document.text().length() + " characters are indexed")
                    : document.text().isBlank() ? Optional.of("it holds no text") : Optional.empty());
        } catch (DocumentException e) {
            return new Read(empty(), Optional.of(e.getMessage()));
        } catch (IOException e) {
            return new Read(empty(), Optional.of("it cannot be read: " + e.getMessage()));
        }
    }

    private void put(IndexUpdate update, Read read, IndexedFile seen) {
        var all = passages(seen.source(), read.document);
        var passages = all.subList(0, Math.min(all.size(), MOST_PASSAGES));
        var fault = read.fault.or(() -> all.size() == passages.size() ? Optional.empty()
                : Optional.of("it has too many passages; only its first " + MOST_PASSAGES + " are indexed"));
        update.put(new IndexedFile(seen.source(), seen.checksum(), seen.modified(), seen.size(), passages.size(), fault),
                read.document.text(), passages, vectors(passages));
        fault.ifPresent(sentence -> fault(seen.source(), sentence));
    }

    private static List<Found> passages(String source, Document document) {
        var text = document.text();
        var passages = new ArrayList<Found>();
        var times = new HashMap<String, Integer>();
        for (var cut : PassageCutter.cut(document)) {
            if (passages.size() > MOST_PASSAGES) break;
            var passage = text.substring(cut.start(), cut.end());
            var title = cut.title().isEmpty() ? document.title() : cut.title();
            var time = times.merge(title + "\n" + passage, 1, Integer::sum);
            var id = Sha256.of(String.join("\n", source, String.valueOf(time), title, passage)).substring(0, 20);
            passages.add(
                    new Found(id, source, title, cut.context(), cut.page(), cut.start(), cut.end(), passage, Language.ofText(passage)));
        }
        return passages;
    }

    private float[][] vectors(List<Found> passages) {
        if (embedder.dimensions() == 0) return new float[0][];
        var vectors = new float[passages.size()][];
        for (int from = 0; from < vectors.length; from += TEXTS_AT_ONCE) {
            var some = passages.subList(from, Math.min(vectors.length, from + TEXTS_AT_ONCE));
            var made = embedder.embed(some.stream().map(Found::whole).toList(), Embedder.Purpose.PASSAGE);
            System.arraycopy(made, 0, vectors, from, made.length);
        }
        return vectors;
    }
}
