package dev.parley.torch;

import dev.parley.model.ModelException;
import java.util.Arrays;

/**
 * Rows of token ids, equally long, and which of them are padding.
 *
 * @param ids token ids, (B, T)
 * @param attentionMask 1 for tokens, 0 for padding, (B, T); empty where nothing is padding
 * @param segments number of the document that each token belongs to, (B, T), ascending in a row; documents of a row do not
 *     see each other, and each reads as it does alone. Empty where a row is one document
 */
public record TokenBatch(int[][] ids, int[][] attentionMask, int[][] segments) {

    private static final int[][] NONE = new int[0][];

    /** @throws ModelException if the rows are not equally long */
    public TokenBatch {
        if (ids.length == 0 || ids[0].length == 0) throw new ModelException("A batch needs at least one row of one token.");
        for (int b = 0; b < ids.length; b++) {
            if (ids[b].length != ids[0].length)
                throw new ModelException("Row " + b + " has " + ids[b].length + " tokens where row 0 has " + ids[0].length + ".");
            if (attentionMask.length > 0 && (attentionMask.length != ids.length || attentionMask[b].length != ids[b].length)) {
                throw new ModelException("The attention mask has not the shape of the ids.");
            }
            if (segments.length > 0 && (segments.length != ids.length || segments[b].length != ids[b].length)) {
                throw new ModelException("The segment numbers have not the shape of the ids.");
            }
        }
    }

    /** Rows without padding. */
    public static TokenBatch of(int[]... ids) {
        return new TokenBatch(ids, NONE, NONE);
    }

    /** Rows that may hold several documents each. */
    public static TokenBatch packed(int[][] ids, int[][] segments) {
        return new TokenBatch(ids, NONE, segments);
    }

    /** Some of the rows, those from {@code from} to before {@code to}. */
    TokenBatch rows(int from, int to) {
        return new TokenBatch(Arrays.copyOfRange(ids, from, to), hasPadding() ? Arrays.copyOfRange(attentionMask, from, to) : NONE,
                isPacked() ? Arrays.copyOfRange(segments, from, to) : NONE);
    }

    public int rows() {
        return ids.length;
    }

    /** Tokens in a row, padding counted. */
    public int length() {
        return ids[0].length;
    }

    public boolean hasPadding() {
        return attentionMask.length > 0;
    }

    public boolean isPacked() {
        return segments.length > 0;
    }

    /** Positions from 0 at the first token of each row and document, (B · T): they read the same alone, padded and packed. */
    long[] positions(int past) {
        var positions = new long[rows() * length()];
        for (int b = 0; b < rows(); b++) {
            var seen = past;
            for (int t = 0; t < length(); t++) {
                if (isPacked() && t > 0 && segments[b][t] != segments[b][t - 1]) seen = 0;
                positions[b * length() + t] = Math.max(0, seen);
                if (!hasPadding() || attentionMask[b][t] == 1) seen++;
            }
        }
        return positions;
    }
}
