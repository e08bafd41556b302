package dev.parley.train.report;

import java.util.List;

/**
 * What the training set is made of, by the files or folders that a recipe names.
 *
 * @param parts in the recipe's order
 */
public record DataMix(List<Part> parts) {

    /** Of rows whose origin is not known. */
    public static final DataMix UNKNOWN = new DataMix(List.of());

    /**
     * What comes from one file or folder.
     *
     * @param documents texts or conversations
     */
    public record Part(String name, long documents, long tokens) {}

    /** The parts. */
    public DataMix {
        parts = List.copyOf(parts);
    }
}
