package dev.parley.knowledge;

import dev.parley.knowledge.documents.DocumentReader;
import dev.parley.knowledge.index.Found;
import dev.parley.knowledge.index.HybridSearch;
import dev.parley.knowledge.index.IndexFolder;
import dev.parley.knowledge.index.IndexedFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Documents that can be searched for passages. The index lies in a folder of its own; any number of programs may search it while one
 * refreshes it.
 *
 * <pre>{@code
 * try (var knowledge = KnowledgeBase.open(Path.of("index"), Embedder.NONE)) {
 *     knowledge.refresh(List.of(Path.of("faq")), IndexProgress.NONE);
 *     var passages = knowledge.search("How long may I return it?", 3);
 * }
 * }</pre>
 *
 * Threads may use it at once.
 */
public final class KnowledgeBase implements AutoCloseable {

    /** All that is in either ranking: one that only one of them knows may be the best. */
    private static final int CANDIDATES = 2 * HybridSearch.DEPTH;

    /** Characters of a question that are looked at. */
    private static final int LONGEST_QUESTION = 4_000;

    private final IndexFolder index;
    private final Embedder embedder;
    private final Reranker reranker;
    private final HybridSearch search;

    private KnowledgeBase(IndexFolder index, Embedder embedder, Reranker reranker) {
        this.index = index;
        this.embedder = embedder;
        this.reranker = reranker;
        search = new HybridSearch(index);
    }

    /**
     * Opens an index, or the place of one that {@link #refresh} will make.
     *
     * @param embedder makes the vectors; stays the caller's. {@link Embedder#NONE} to search by words alone
     * @throws KnowledgeException if the folder holds something else, or an index of another version
     */
    public static KnowledgeBase open(Path indexFolder, Embedder embedder) {
        return open(indexFolder, embedder, embedder.dimensions() == 0 ? Reranker.NONE : Reranker.BY_RELEVANCE);
    }

    /** As {@link #open(Path, Embedder)}, with the last word on the order for somebody else. */
    public static KnowledgeBase open(Path indexFolder, Embedder embedder, Reranker reranker) {
        var index = new IndexFolder(indexFolder);
        try {
            index.embedder(); // whoever opens it hears at once what is wrong with it
            return new KnowledgeBase(index, embedder, reranker);
        } catch (RuntimeException e) {
            index.close();
            throw e;
        }
    }

    /** The id of the embedder that an index was made with; empty if there is no index in the folder. */
    public static Optional<String> embedderOf(Path indexFolder) {
        if (!Files.isDirectory(indexFolder)) return Optional.empty(); // which opening would make
        try (var index = new IndexFolder(indexFolder)) {
            return index.embedder();
        }
    }

    /**
     * Brings the index to what is in some folders: reads files that are new or changed, and forgets those that are not there. If it was
     * made with another embedder, everything is read anew.
     *
     * @param folders with all that is below them, or single files
     * @throws KnowledgeException if one is not there, or the index is being refreshed by somebody else
     */
    public IndexReport refresh(List<Path> folders, IndexProgress progress) {
        return refresh(folders, DocumentReader.Limits.DEFAULT, progress);
    }

    /** The same with other limits of what is read of a file, such as for files of strangers. */
    public IndexReport refresh(List<Path> folders, DocumentReader.Limits limits, IndexProgress progress) {
        return new Refresh(index, embedder, limits, progress).run(folders);
    }

    /**
     * The passages that fit a question best, the best one first; how surely each is about it, its relevance says.
     *
     * @throws KnowledgeException if the index was made with another embedder
     */
    public List<Passage> search(String question, int k) {
        var query = question.substring(0, Math.min(question.length(), LONGEST_QUESTION));
        if (query.isBlank() || k < 1) return List.of();
        checkEmbedder();
        var vector = embedder.dimensions() == 0 ? Optional.<float[]>empty()
                : Optional.of(embedder.embed(List.of(query), Embedder.Purpose.QUERY)[0]);
        var candidates = search.search(query, vector, Math.max(k, CANDIDATES)).stream()
                .map(hit -> passage(hit.passage(), hit.score(), Relevance.of(hit, embedder))).toList();
        return reranker.rerank(query, candidates).stream().limit(k).toList();
    }

    private void checkEmbedder() {
        var made = index.embedder();
        if (embedder.dimensions() > 0 && made.isPresent() && !made.get().equals(embedder.id())) {
            throw new KnowledgeException("The index was made with the embedding model " + made.get() + " and cannot be searched with "
                    + embedder.id() + "; index again with it, or search with the other.");
        }
    }

    /** A passage by its id; empty if its document has changed since, or is gone. Score and relevance are 0. */
    public Optional<Passage> passage(String id) {
        return index.passage(id).map(found -> passage(found, 0, 0));
    }

    /** The first passages of a document, in the order of its text. Score and relevance are 0. */
    public List<Passage> beginning(String source, int most) {
        return index.passages(source, most).stream().map(found -> passage(found, 0, 0)).toList();
    }

    /** The whole text of a passage's document, in which {@code start} and {@code end} mark the passage. */
    public Optional<String> document(String source) {
        return index.text(source);
    }

    /** All files that it knows, by name. */
    public List<IndexedFile> files() {
        return index.files().values().stream().sorted(Comparator.comparing(IndexedFile::source)).toList();
    }

    private static Passage passage(Found found, double score, double relevance) {
        return new Passage(found.id(), found.source(), found.title(), found.page(), found.start(), found.end(), found.text(),
                found.language().code(), score, relevance);
    }

    @Override
    public void close() {
        index.close();
    }
}
