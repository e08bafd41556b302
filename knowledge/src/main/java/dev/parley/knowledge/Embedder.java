package dev.parley.knowledge;

import java.util.List;

/**
 * Makes vectors of texts: those of a question and of a passage that answers it point the same way.
 *
 * <pre>{@code
 * float[][] vectors = embedder.embed(List.of("How long may I return it?"), Embedder.Purpose.QUERY);   // (texts, dimensions)
 * }</pre>
 */
public interface Embedder extends AutoCloseable {

    /** No vectors: passages are found by their words alone. */
    Embedder NONE = new Embedder() {

        @Override
        public String id() {
            return "none";
        }

        @Override
        public int dimensions() {
            return 0;
        }

        @Override
        public float[][] embed(List<String> texts, Purpose purpose) {
            throw new IllegalStateException("There is no embedding model.");
        }
    };

    /** What a text is: some models read the two in different ways. */
    enum Purpose {
        QUERY, PASSAGE
    }

    /**
     * The cosines that a model gives: none are comparable between models.
     *
     * @param unrelated at and below it texts are held to be about different things, nine times of ten
     * @param related at and above it a passage is held to be about the question, nine times of ten
     */
    record Cosines(double unrelated, double related) {}

    /** The model's name and what else its vectors depend on: an index holds vectors of one id only. */
    String id();

    /** Numbers of a vector; 0 for {@link #NONE}. */
    int dimensions();

    /** The vectors of texts, each of length one: (texts, dimensions). Threads may call it at once. */
    float[][] embed(List<String> texts, Purpose purpose);

    /** What its cosines mean, for texts of a language. */
    default Cosines cosines(String language) {
        return new Cosines(0.25, 0.6);
    }

    @Override
    default void close() {}
}
