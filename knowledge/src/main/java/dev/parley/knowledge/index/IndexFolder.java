package dev.parley.knowledge.index;

import dev.parley.files.FileFault;
import dev.parley.knowledge.KnowledgeException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.IndexFormatTooOldException;
import org.apache.lucene.index.IndexNotFoundException;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;

/**
 * An index on the disk, as its last commit left it. Any number of programs may read it while one writes ({@link IndexUpdate}); a
 * killed writer leaves the last commit.
 */
public final class IndexFolder implements AutoCloseable {

    static final String FORMAT_KEY = "format";
    static final String EMBEDDER_KEY = "embedder";
    /** Lucene tells at each start which vector instructions it uses. Held, as a logger that nobody holds forgets its level. */
    private static final Logger QUIET = Logger.getLogger("org.apache.lucene.internal.vectorization");
    private static final int MOST_FILES = 10_000_000;

    static {
        QUIET.setLevel(Level.WARNING);
    }

    private final Path folder;
    private final Directory directory;
    private final Words words = new Words();
    private DirectoryReader reader; // null while there is no commit

    /** An index in a folder. */
    public IndexFolder(Path folder) {
        this.folder = folder;
        try {
            directory = FSDirectory.open(folder);
        } catch (IOException e) {
            throw new KnowledgeException(folder + " cannot be an index: " + FileFault.reason(e) + ".", e);
        }
    }

    /** Something to do with the index as it is at one moment. */
    @FunctionalInterface
    interface Reading<T> {
        T with(DirectoryReader reader) throws IOException;
    }

    /**
     * Does something with the last commit.
     *
     * @return empty if there is none
     */
    <T> Optional<T> read(Reading<T> reading) {
        var held = latest();
        if (held.isEmpty()) return Optional.empty();
        try (var closing = new Held(held.get())) {
            return Optional.of(reading.with(closing.reader));
        } catch (IOException e) {
            throw broken(e);
        }
    }

    private record Held(DirectoryReader reader) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            reader.decRef();
        }
    }

    /** The reader of the last commit, held for the caller. */
    private synchronized Optional<DirectoryReader> latest() {
        try {
            if (reader == null) {
                reader = DirectoryReader.open(directory);
            } else {
                var newer = DirectoryReader.openIfChanged(reader);
                if (newer != null) {
                    reader.close();
                    reader = newer;
                }
            }
            checkFormat(reader.getIndexCommit().getUserData());
            reader.incRef();
            return Optional.of(reader);
        } catch (IndexNotFoundException e) {
            return Optional.empty();
        } catch (IndexFormatTooNewException | IndexFormatTooOldException e) {
            throw otherFormat();
        } catch (IOException | IllegalArgumentException e) {
            throw broken(e);
        }
    }

    private void checkFormat(Map<String, String> data) {
        if (!String.valueOf(Fields.FORMAT).equals(data.get(FORMAT_KEY))) throw otherFormat();
    }

    private KnowledgeException otherFormat() {
        return new KnowledgeException(folder + " is an index in another format than this version of Parley reads (" + Fields.FORMAT
                + "); remove the folder and index again.");
    }

    KnowledgeException broken(Exception cause) {
        return new KnowledgeException(folder + " cannot be read as an index: " + cause.getMessage() + "; remove it and index again.",
                cause);
    }

    Directory directory() {
        return directory;
    }

    Words words() {
        return words;
    }

    Path folder() {
        return folder;
    }

    /** The id of the embedder whose vectors the index holds; empty if there is no index. */
    public Optional<String> embedder() {
        return read(r -> r.getIndexCommit().getUserData().getOrDefault(EMBEDDER_KEY, "none"));
    }

    /** All its files, by name. */
    public Map<String, IndexedFile> files() {
        return read(r -> {
            var files = new HashMap<String, IndexedFile>();
            var searcher = new IndexSearcher(r);
            for (var hit : searcher.search(new TermQuery(new Term(Fields.KIND, Fields.SOURCE)), MOST_FILES).scoreDocs) {
                var file = Stored.file(searcher.storedFields().document(hit.doc, Stored.FILE_FIELDS));
                files.put(file.source(), file);
            }
            return (Map<String, IndexedFile>) files;
        }).orElse(Map.of());
    }

    /** A passage by its id. */
    public Optional<Found> passage(String id) {
        return read(r -> first(r, new Term(Fields.ID, id)).map(Stored::passage)).flatMap(found -> found);
    }

    /** The first passages of a file, in the order of its text. */
    public List<Found> passages(String source, int most) {
        var query = new BooleanQuery.Builder().add(new TermQuery(new Term(Fields.FILE, source)), Occur.FILTER)
                .add(new TermQuery(new Term(Fields.KIND, Fields.PASSAGE)), Occur.FILTER).build();
        return read(r -> {
            var searcher = new IndexSearcher(r);
            var passages = new ArrayList<Found>();
            // a file is written as one block, whose order merging keeps
            for (var hit : searcher.search(query, Math.max(1, most), Sort.INDEXORDER).scoreDocs) {
                passages.add(Stored.passage(searcher.storedFields().document(hit.doc)));
            }
            return (List<Found>) passages;
        }).orElse(List.of());
    }

    /** The whole text of a file. */
    public Optional<String> text(String source) {
        return read(r -> first(r, new Term(Fields.SOURCE, source)).map(d -> d.get(Fields.TEXT))).flatMap(found -> found);
    }

    /** How many passages it holds. */
    public int passages() {
        return read(r -> new IndexSearcher(r).count(new TermQuery(new Term(Fields.KIND, Fields.PASSAGE)))).orElse(0);
    }

    private static Optional<Document> first(DirectoryReader reader, Term term) throws IOException {
        var searcher = new IndexSearcher(reader);
        var hits = searcher.search(new TermQuery(term), 1).scoreDocs;
        return hits.length == 0 ? Optional.empty() : Optional.of(searcher.storedFields().document(hits[0].doc));
    }

    @Override
    public synchronized void close() {
        words.close();
        try {
            if (reader != null) reader.close();
            directory.close();
        } catch (IOException e) {
            throw broken(e);
        }
    }
}
