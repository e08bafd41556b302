package dev.parley.assist.guard;

/** Characters that nobody sees and a model reads: zero width, marks of direction, tags (Unicode block E0000), variation selectors. */
final class HiddenCharacters {

    private HiddenCharacters() {}

    static String removed(String text) {
        var seen = new StringBuilder(text.length());
        text.codePoints().filter(c -> !isHidden(c)).forEach(seen::appendCodePoint);
        return seen.toString();
    }

    private static boolean isHidden(int c) {
        if (c == '\n' || c == '\t' || c == '\r') return false;
        var type = Character.getType(c);
        return type == Character.FORMAT || type == Character.CONTROL || type == Character.PRIVATE_USE || type == Character.SURROGATE
                || c >= 0xFE00 && c <= 0xFE0E || c >= 0xE0000 && c <= 0xE0FFF || c == 0x115F || c == 0x1160 || c == 0x3164 || c == 0xFFA0
                || c == 0x034F || c == 0x2800;
    }
}
