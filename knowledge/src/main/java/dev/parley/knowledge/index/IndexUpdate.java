package dev.parley.knowledge.index;

import dev.parley.files.FileFault;
import dev.parley.knowledge.KnowledgeException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.codecs.lucene103.Lucene103Codec;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.IndexWriterConfig.OpenMode;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.index.Term;
import org.apache.lucene.store.LockObtainFailedException;

/**
 * A change of an index. A file is replaced whole or not at all; what is done is committed every half minute and at the end, so that
 * whoever is killed leaves an index of whole files, and goes on from there. Close without {@link #commit()} drops what is not yet
 * committed.
 */
public final class IndexUpdate implements AutoCloseable {

    private static final long BETWEEN_COMMITS = Duration.ofSeconds(30).toNanos();
    private static final double BUFFER_MB = 64;

    private final IndexFolder index;
    private final IndexWriter writer;
    private final String embedder;
    private long committed = System.nanoTime();

    /**
     * Begins a change.
     *
     * @param embedder id of the embedder that makes the vectors
     * @param anew whether to begin with an empty index; readers see the old one until the first commit
     * @throws KnowledgeException if the index is being changed already
     */
    public IndexUpdate(IndexFolder index, String embedder, boolean anew) {
        this.index = index;
        this.embedder = embedder;
        var config = new IndexWriterConfig(index.words().byField()).setCodec(new VectorsOfAnyLength()).setCommitOnClose(false)
                .setRAMBufferSizeMB(BUFFER_MB).setOpenMode(anew ? OpenMode.CREATE : OpenMode.CREATE_OR_APPEND);
        try {
            writer = new IndexWriter(index.directory(), config);
        } catch (LockObtainFailedException e) {
            throw new KnowledgeException(index.folder() + " is being changed by another program or thread; wait until it is done.", e);
        } catch (AccessDeniedException e) {
            throw unwritable(e);
        } catch (IOException e) {
            throw index.broken(e);
        }
    }

    /**
     * Puts a file with its passages in the place of what was known of it.
     *
     * @param vectors one for each passage, or none at all
     */
    public void put(IndexedFile file, String text, List<Found> passages, float[][] vectors) {
        var of = IntStream.range(0, passages.size())
                .mapToObj(i -> Stored.of(passages.get(i), vectors.length == 0 ? new float[0] : vectors[i]));
        // each is made when Lucene takes it
        Iterable<Document> documents = Stream.concat(of, Stream.of(file).map(f -> Stored.of(f, text)))::iterator;
        change(w -> w.updateDocuments(new Term(Fields.FILE, file.source()), documents));
        if (System.nanoTime() - committed > BETWEEN_COMMITS) commit();
    }

    /** Takes a file out. */
    public void remove(String source) {
        change(w -> w.deleteDocuments(new Term(Fields.FILE, source)));
    }

    /** Makes what was done so far what readers see, and what stays. */
    public void commit() {
        change(w -> {
            w.setLiveCommitData(
                    Map.of(IndexFolder.FORMAT_KEY, String.valueOf(Fields.FORMAT), IndexFolder.EMBEDDER_KEY, embedder).entrySet());
            w.commit();
        });
        committed = System.nanoTime();
    }

    @FunctionalInterface
    private interface Change {
        void of(IndexWriter writer) throws IOException;
    }

    private void change(Change change) {
        try {
            change.of(writer);
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    private KnowledgeException unwritable(IOException e) {
        return new KnowledgeException(index.folder() + " cannot be written: " + FileFault.reason(e) + ".", e);
    }

    @Override
    public void close() {
        change(IndexWriter::close);
    }

    /** Lucene's own codec, but for its limit of 1,024 numbers a vector: embedding models give up to 4,096. */
    private static final class VectorsOfAnyLength extends Lucene103Codec {

        private final KnnVectorsFormat format = new LongVectors();

        @Override
        public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
            return format;
        }
    }

    /** Written under the name of Lucene's format, and so read by it. */
    private static final class LongVectors extends KnnVectorsFormat {

        private static final int MOST = 8_192;

        private final KnnVectorsFormat format = new Lucene99HnswVectorsFormat();

        LongVectors() {
            super("Lucene99HnswVectorsFormat");
        }

        @Override
        public KnnVectorsWriter fieldsWriter(SegmentWriteState state) throws IOException {
            return format.fieldsWriter(state);
        }

        @Override
        public KnnVectorsReader fieldsReader(SegmentReadState state) throws IOException {
            return format.fieldsReader(state);
        }

        @Override
        public int getMaxDimensions(String field) {
            return MOST;
        }
    }
}
