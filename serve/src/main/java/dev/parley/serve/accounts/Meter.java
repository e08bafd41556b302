package dev.parley.serve.accounts;

/** Counts the tokens of a caller. What a request may come to is set aside before it begins, and what it did not use given back. */
@FunctionalInterface
public interface Meter {

    /** Counts nothing. */
    Meter NONE = (reserved, used) -> {};

    /**
     * Counts tokens, read and made.
     *
     * @param reserved what had been set aside for them
     */
    void settle(long reserved, long used);

    /**
     * Sets tokens aside.
     *
     * @param prompt tokens that are read
     * @param answers tokens that may be made at most
     * @param flexible whether fewer of these will do, since nobody asked for so many
     * @return how many may be made
     * @throws dev.parley.serve.http.ApiError if so many are not there, now or ever
     */
    default long reserve(long prompt, long answers, boolean flexible) {
        return answers;
    }
}
