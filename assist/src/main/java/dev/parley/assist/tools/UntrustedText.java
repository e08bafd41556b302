package dev.parley.assist.tools;

/**
 * Text that a server wrote, before a person or a model reads it. Control characters (which drive terminals) and invisible ones (which hide
 * instructions from people, but not from models) are left out, and no more than a limit is kept.
 */
final class UntrustedText {

    private UntrustedText() {}

    /**
     * The text with its lines.
     *
     * @param most characters; what is more is counted in a note at the end
     */
    static String lines(String text, int most) {
        var kept = text.length() <= most ? text : text.substring(0, Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most);
        var clean = visible(kept.replace("\r\n", "\n"));
        return kept.length() == text.length() ? clean : clean + "\n[" + (text.length() - kept.length()) + " more characters were left out]";
    }

    /**
     * The text as one line.
     *
     * @param most characters; what is more is cut off and marked by an ellipsis
     */
    static String line(String text, int most) {
        var line = visible(text.length() > 4 * most ? text.substring(0, 4 * most) : text).replaceAll("\\s+", " ").strip();
        return line.codePointCount(0, line.length()) <= most ? line : line.substring(0, line.offsetByCodePoints(0, most - 1)) + "…";
    }

    private static String visible(String text) {
        var clean = new StringBuilder(text.length());
        text.codePoints().filter(UntrustedText::isVisible).forEach(clean::appendCodePoint);
        return clean.toString();
    }

    private static boolean isVisible(int c) {
        if (c == '\n' || c == '\t' || c == 0x200D || c == 0x200C) return true; // the joiners are part of emoji and of some scripts
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
