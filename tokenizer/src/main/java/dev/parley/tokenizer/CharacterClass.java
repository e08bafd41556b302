package dev.parley.tokenizer;

/**
 * The four kinds of character that byte-level splitting tells apart: letters ({@code \p{L}}), numbers
 * ({@code \p{N}}), white space (Unicode's White_Space property, {@code \s}) and all others.
 */
final class CharacterClass {

    static final byte OTHER = 0;
    static final byte LETTER = 1;
    static final byte NUMBER = 2;
    static final byte SPACE = 3;

    private static final int LETTERS = 1 << Character.UPPERCASE_LETTER | 1 << Character.LOWERCASE_LETTER
            | 1 << Character.TITLECASE_LETTER | 1 << Character.MODIFIER_LETTER | 1 << Character.OTHER_LETTER;
    private static final int NUMBERS = 1 << Character.DECIMAL_DIGIT_NUMBER | 1 << Character.LETTER_NUMBER
            | 1 << Character.OTHER_NUMBER;
    private static final int SEPARATORS = 1 << Character.SPACE_SEPARATOR | 1 << Character.LINE_SEPARATOR
            | 1 << Character.PARAGRAPH_SEPARATOR;

    private static final int WORDS = 1 << Character.NON_SPACING_MARK | 1 << Character.COMBINING_SPACING_MARK | 1 << Character.ENCLOSING_MARK
            | 1 << Character.DECIMAL_DIGIT_NUMBER | 1 << Character.CONNECTOR_PUNCTUATION;

    /** The class of each ASCII character. */
    private static final byte[] ASCII = page(0);

    /** Pages of 256 code points, each filled when first asked for: two threads that race write the same page. */
    private static final byte[][] PAGES = new byte[(Character.MAX_CODE_POINT + 1) >> 8][];

    private CharacterClass() {}

    /** The class of an ASCII character, 0 to 127. */
    static byte ofAscii(int ascii) {
        return ASCII[ascii];
    }

    /** The class of any code point. */
    static byte of(int codePoint) {
        var page = PAGES[codePoint >> 8];
        if (page == null) PAGES[codePoint >> 8] = page = page(codePoint >> 8);
        return page[codePoint & 0xff];
    }

    /** Letters, marks, digits and connectors: the regular expression {@code \\w} of Unicode's annex 18. */
    static boolean isWord(int codePoint) {
        int type = 1 << Character.getType(codePoint);
        return (type & WORDS) != 0 || Character.isAlphabetic(codePoint) || codePoint == 0x200c || codePoint == 0x200d;
    }

    private static byte[] page(int number) {
        var page = new byte[256];
        for (int i = 0; i < page.length; i++) page[i] = classify(number << 8 | i);
        return page;
    }

    private static byte classify(int codePoint) {
        int type = 1 << Character.getType(codePoint);
        if ((type & LETTERS) != 0) return LETTER;
        if ((type & NUMBERS) != 0) return NUMBER;
        boolean control = codePoint >= '\t' && codePoint <= '\r' || codePoint == 0x85;
        return control || (type & SEPARATORS) != 0 ? SPACE : OTHER;
    }
}
