package dev.parley.torch;

import dev.parley.model.ModelException;

/**
 * Rows of token ids to read, equally long, and which of them are padding.
 *
 * @param ids token ids, (B, T)
 * @param attentionMask 1 for tokens, 0 for padding, (B, T); empty where nothing is padding
 */
public record TokenBatch(int[][] ids, int[][] attentionMask) {

    /** @throws ModelException if the rows are not equally long */
    public TokenBatch {
        if (ids.length == 0 || ids[0].length == 0) throw new ModelException("A batch needs at least one row of one token.");
        for (int b = 0; b < ids.length; b++) {
            if (ids[b].length != ids[0].length)
                throw new ModelException("Row " + b + " has " + ids[b].length + " tokens where row 0 has " + ids[0].length + ".");
            if (attentionMask.length > 0 && (attentionMask.length != ids.length || attentionMask[b].length != ids[b].length)) {
                throw new ModelException("The attention mask has not the shape of the ids.");
            }
        }
    }

    /** Rows without padding. */
    public static TokenBatch of(int[]... ids) {
        return new TokenBatch(ids, new int[0][]);
    }

    /** Number of rows, B. */
    public int rows() {
        return ids.length;
    }

    /** Tokens in a row, padding counted. */
    public int length() {
        return ids[0].length;
    }

    /** Whether any row may hold padding. */
    public boolean hasPadding() {
        return attentionMask.length > 0;
    }
}
