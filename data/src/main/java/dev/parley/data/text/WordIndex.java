package dev.parley.data.text;

import java.util.Arrays;

/**
 * The words of a text: runs of letters and digits, and each character by itself of scripts that put no spaces between words (Chinese,
 * Japanese, Thai, Lao, Khmer, Burmese). Case does not count in their hashes.
 *
 * <pre>{@code
 * var words = WordIndex.of("Tea for two");
 * words.count();   // 3
 * words.hash(0);   // as of "TEA"
 * }</pre>
 */
public final class WordIndex {

    private static final byte NONE = 0;
    private static final byte IN_WORD = 1;
    private static final byte ALONE = 2;

    private static final long PRIME = 0x9E3779B97F4A7C15L;
    private static final byte[] KIND = kinds();
    private static final char[] FOLDED = folded();

    private int[] from = new int[64];
    private int[] to = new int[64];
    private long[] hash = new long[64];
    private int count;
    private int alone;

    private WordIndex() {}

    private static byte[] kinds() {
        var kinds = new byte[1 << 16];
        for (int c = 0; c < kinds.length; c++) kinds[c] = kind(c);
        return kinds;
    }

    private static char[] folded() {
        var folded = new char[1 << 16];
        for (int c = 0; c < folded.length; c++) folded[c] = Character.toLowerCase((char) c);
        return folded;
    }

    private static byte kind(int c) {
        if (isAlone(c)) return ALONE;
        var type = Character.getType(c);
        var mark = type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
        return Character.isLetterOrDigit(c) || mark || Character.isSurrogate((char) c) ? IN_WORD : NONE;
    }

    private static boolean isAlone(int c) {
        if (Character.isIdeographic(c)) return true;
        return c >= 0x3040 && c <= 0x30FF || c >= 0x0E01 && c <= 0x0EDF || c >= 0x1000 && c <= 0x109F || c >= 0x1780 && c <= 0x17DD;
    }

    /** Finds them. */
    public static WordIndex of(String text) {
        var words = new WordIndex();
        words.find(text.toCharArray());
        return words;
    }

    private void find(char[] chars) {
        var n = chars.length;
        for (int i = 0; i < n;) {
            var kind = KIND[chars[i]];
            if (kind == NONE) {
                i++;
            } else if (kind == ALONE) {
                add(i, ++i, chars[i - 1] * PRIME);
                alone++;
            } else {
                var begin = i;
                var h = 0L;
                while (i < n && KIND[chars[i]] == IN_WORD) h = (h ^ FOLDED[chars[i++]]) * PRIME;
                add(begin, i, h);
            }
        }
    }

    private void add(int begin, int end, long h) {
        if (count == from.length) {
            from = Arrays.copyOf(from, 2 * count);
            to = Arrays.copyOf(to, 2 * count);
            hash = Arrays.copyOf(hash, 2 * count);
        }
        from[count] = begin;
        to[count] = end;
        hash[count++] = h ^ h >>> 29;
    }

    /** How many there are. */
    public int count() {
        return count;
    }

    /** How many of them are single characters of scripts without spaces. */
    public int withoutSpaces() {
        return alone;
    }

    /** Where a word begins in the text. */
    public int from(int word) {
        return from[word];
    }

    /** Where it ends. */
    public int to(int word) {
        return to[word];
    }

    /** A hash of 64 bits of its characters in lower case. */
    public long hash(int word) {
        return hash[word];
    }

    /** A hash of some words after each other, their order included. */
    public long hash(int word, int length) {
        var h = 0L;
        for (int i = word; i < word + length; i++) h = Long.rotateLeft(h * PRIME, 23) ^ hash[i];
        return mixed(h);
    }

    /** A hash of all words: texts that differ in case, spaces and punctuation alone have the same. */
    public long hash() {
        return hash(0, count);
    }

    /** Spreads what differs over all 64 bits, as SplitMix64 does (Steele, Lea, Flood 2014, doi:10.1145/2660193.2660195). */
    private static long mixed(long bits) {
        bits = (bits ^ bits >>> 30) * 0xBF58476D1CE4E5B9L;
        bits = (bits ^ bits >>> 27) * 0x94D049BB133111EBL;
        return bits ^ bits >>> 31;
    }
}
