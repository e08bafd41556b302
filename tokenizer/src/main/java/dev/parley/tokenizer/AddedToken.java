package dev.parley.tokenizer;

/**
 * A token that is found in text as a whole, before anything is split or merged.
 *
 * @param special left out by a decoding that skips special tokens
 * @param lstrip takes white space before it along
 * @param rstrip takes white space after it along
 * @param singleWord only where no letter or digit touches it
 * @param normalized found in text after normalisation, as normalisation writes it; if false, before
 */
public record AddedToken(int id, String content, boolean special, boolean lstrip, boolean rstrip, boolean singleWord, boolean normalized) {

    /** A special token as trainers make them. */
    public static AddedToken special(int id, String content) {
        return new AddedToken(id, content, true, false, false, false, false);
    }
}
