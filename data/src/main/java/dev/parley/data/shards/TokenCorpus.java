package dev.parley.data.shards;

/** Documents of token ids one after the other, wherever they lie: in {@link Shards}, or in memory. */
public interface TokenCorpus {

    /** {@return the number of documents} */
    long documents();

    /** {@return the number of tokens of all documents together} */
    long tokens();

    /**
     * The number of a document's first token.
     *
     * @param document from 0 to {@link #documents()}, whose last stands for the end
     */
    long start(long document);

    /** Copies tokens, also those of several documents, to {@code target} from {@code at} on. */
    void copy(long from, int count, int[] target, int at);

    /** A number that other documents would hardly have; told at once where it is known. */
    long fingerprint();
}
