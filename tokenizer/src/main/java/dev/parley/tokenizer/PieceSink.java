package dev.parley.tokenizer;

/** Takes the pieces that a {@link PreTokenizer} cuts, in the order of the text. */
@FunctionalInterface
interface PieceSink {

    /**
     * One piece.
     *
     * @param bytes the array that holds it: the text itself, or a copy of a part of it
     * @param from where the piece starts in {@code bytes}
     * @param to where it ends
     * @param origin what to add to an index into {@code bytes} to get one into the text
     */
    void piece(byte[] bytes, int from, int to, int origin);
}
