package dev.parley.data.prepare;

import java.io.IOException;
import java.util.List;

/** Where the documents that are left go. What was written is deleted by {@link #close()} unless {@link #finish()} came before. */
public sealed interface Destination extends AutoCloseable permits TokenFolder, JsonLinesFolder {

    /**
     * A document that is left.
     *
     * @param place it comes from
     */
    record Kept(String place, String text) {}

    /** Writes what was made ready; called for one batch after the other, in their order. */
    @FunctionalInterface
    interface Write {
        /** Writes it. */
        void run() throws IOException;
    }

    /** Makes a batch ready to be written; any thread may call it, several at once. */
    Write ready(List<Kept> batch);

    /** The folder. */
    java.nio.file.Path folder();

    /** What has been written so far. */
    Written written();

    /** All has been written. */
    void finish() throws IOException;

    @Override
    void close() throws IOException;

    /**
     * What a destination holds.
     *
     * @param trainDocuments documents to train on
     * @param validationDocuments documents to evaluate on
     * @param trainTokens tokens of those to train on, 0 where text is written
     * @param validationTokens tokens of those to evaluate on
     */
    record Written(long trainDocuments, long validationDocuments, long trainTokens, long validationTokens) {

        /** All documents. */
        public long documents() {
            return trainDocuments + validationDocuments;
        }
    }
}
