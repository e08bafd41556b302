package dev.parley.hub;

import java.util.Optional;
import java.util.function.Consumer;

/** Who watches a download; its methods are called by one thread at a time, and should be quick. */
public interface HubListener {

    /** Nobody watches. */
    HubListener SILENT = new HubListener() {};

    /**
     * Some of the download has come; called about ten times a second, and at the end.
     *
     * @param done bytes of the files that are fetched in this pull, those of an earlier, interrupted one included
     * @param total bytes of these files
     */
    default void at(long done, long total) {}

    /**
     * Who looks at a model before its download, and throws where it should not come; empty where nobody does, and nothing is asked of the
     * hub for it.
     */
    default Optional<Consumer<Outline>> inspector() {
        return Optional.empty();
    }

    /** Something that the person who waits should know, in a sentence. */
    default void note(String sentence) {}
}
