package dev.parley.tokenizer;

import java.util.Optional;

/** What becomes of the matches when text is cut at them; the names are those of {@code tokenizer.json}. */
enum SplitBehavior {
    REMOVED("Removed"), ISOLATED("Isolated"), MERGED_WITH_PREVIOUS("MergedWithPrevious"), MERGED_WITH_NEXT("MergedWithNext"),
    CONTIGUOUS("Contiguous");

    private final String written;

    SplitBehavior(String written) {
        this.written = written;
    }

    String written() {
        return written;
    }

    static Optional<SplitBehavior> of(String written) {
        for (var behavior : values()) {
            if (behavior.written.equals(written)) return Optional.of(behavior);
        }
        return Optional.empty();
    }

    /** Takes the pieces one after the other. */
    @FunctionalInterface
    interface Pieces {
        void piece(int start, int end);
    }

    /**
     * Spans that cover a text without gaps, of which some are matches, as pieces; empty pieces are left out.
     *
     * @param ends where each span ends; it begins where the one before ends
     * @param isMatch of each span
     */
    void cut(int[] ends, boolean[] isMatch, int count, Pieces pieces) {
        int start = 0;
        for (int i = 0; i < count; i++) {
            if (i + 1 < count && joinsNext(isMatch, i, count)) continue;
            var removed = this == REMOVED && isMatch[i];
            if (!removed && ends[i] > start) pieces.piece(start, ends[i]);
            start = ends[i];
        }
    }

    private boolean joinsNext(boolean[] isMatch, int i, int count) {
        return switch (this) {
            case REMOVED, ISOLATED -> false;
            case CONTIGUOUS -> isMatch[i] == isMatch[i + 1];
            case MERGED_WITH_PREVIOUS -> isMatch[i + 1] && !isMatch[i];
            case MERGED_WITH_NEXT -> isMatch[i] && !isMatch[i + 1];
        };
    }
}
