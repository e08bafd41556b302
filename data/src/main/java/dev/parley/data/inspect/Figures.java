package dev.parley.data.inspect;

import java.util.List;
import java.util.Map;

/**
 * Figures over all rows of some files.
 *
 * @param rows that were made, too long ones among them
 * @param kinds what the lines hold, by format
 * @param turns messages in all
 * @param tokens in all
 * @param targets tokens that are predicted
 * @param length tokens of a row at most
 * @param tooLong rows that are longer
 * @param nothingToLearn rows without a target
 * @param duplicates lines that say what one before them says
 * @param badLines lines that cannot be read, and rows that the template refuses
 * @param faults the first of these
 */
public record Figures(long rows, Map<String, Long> kinds, long turns, long tokens, long targets, Lengths lengths, int length, long tooLong,
        long nothingToLearn, long duplicates, long badLines, List<String> faults) {

    /** Tokens of a row: the shortest, the middle one, the one that 95 of 100 do not pass, the longest. */
    public record Lengths(int min, int median, int p95, int max) {}

    /** The part of all tokens that are targets. */
    public double targetShare() {
        return tokens == 0 ? 0 : targets / (double) tokens;
    }

    /** The part of all rows that are too long. */
    public double tooLongShare() {
        return rows == 0 ? 0 : tooLong / (double) rows;
    }
}
