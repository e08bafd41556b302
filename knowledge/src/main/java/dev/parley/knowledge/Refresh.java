package dev.parley.knowledge;

import dev.parley.files.Sha256;
import dev.parley.knowledge.documents.Document;
import dev.parley.knowledge.documents.DocumentReader;
import dev.parley.knowledge.documents.PassageCutter;
import dev.parley.knowledge.index.Found;
import dev.parley.knowledge.index.IndexFolder;
import dev.parley.knowledge.index.IndexUpdate;
import dev.parley.knowledge.index.IndexedFile;
import dev.parley.knowledge.index.Language;
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
    private final DocumentReader.Limits limits;
    private final IndexProgress progress;
    private final List<String> added = new ArrayList<>();
    private final List<String> changed = new ArrayList<>();
    private final List<String> removed = new ArrayList<>();
    private final List<IndexReport.Fault> faults = new ArrayList<>();
    private int unchanged;

    Refresh(IndexFolder index, Embedder embedder, DocumentReader.Limits limits, IndexProgress progress) {
        this.index = index;
        this.embedder = embedder;
        this.limits = limits;
        this.progress = progress;
    }

    IndexReport run(List<Path> folders) {
        var start = System.nanoTime();
        var found = FolderFiles.of(folders);
        var files = found.files();
        found.unlisted().forEach(this::fault);
        var anew = index.embedder().filter(id -> !id.equals(embedder.id())).isPresent();
        try (var update = new IndexUpdate(index, embedder.id(), anew); var reader = new DocumentReader(limits)) {
            var known = anew ? Map.<String, IndexedFile>of() : index.files(); // after the lock is ours: nobody changes it any more
            try (var ahead = new ReadAhead(reader, files, known)) {
                for (int done = 1; ahead.hasNext(); done++) {
                    var looked = ahead.next();
                    file(update, looked);
                    progress.at(done, files.size(), looked.now().source());
                }
            }
            for (var source : known.keySet()) {
                if (files.containsKey(source) || found.isOutOfSight(source)) continue;
                update.remove(source);
                removed.add(source);
            }
            update.commit();
        }
        removed.sort(null);
        return new IndexReport(added, changed, removed, unchanged, index.passages(), faults, Duration.ofNanos(System.nanoTime() - start));
    }

    private void file(IndexUpdate update, ReadAhead.Looked looked) {
        var source = looked.now().source();
        if (looked.document().isEmpty()) {
            unchanged++;
            looked.known().flatMap(IndexedFile::fault).ifPresent(fault -> fault(source, fault));
            return;
        }
        (looked.known().isPresent() ? changed : added).add(source);
        put(update, looked.now(), looked.document().get(), looked.fault());
    }

    private void fault(String source, String fault) {
        faults.add(new IndexReport.Fault(source, source + ": " + fault + "."));
    }

    private void put(IndexUpdate update, IndexedFile file, Document document, Optional<String> faultOfDocument) {
        var all = passages(file.source(), document);
        var passages = all.subList(0, Math.min(all.size(), MOST_PASSAGES));
        var fault = faultOfDocument.or(() -> all.size() == passages.size() ? Optional.empty()
                : Optional.of("it has too many passages; only its first " + MOST_PASSAGES + " are indexed"));
        update.put(new IndexedFile(file.source(), file.checksum(), file.modified(), file.size(), passages.size(), fault),
                document.text(), passages, vectors(passages));
        fault.ifPresent(sentence -> fault(file.source(), sentence));
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
