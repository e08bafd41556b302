package dev.parley.jinja;

/** Upper and lower case, and kinds of characters, as Python's str tells them. */
final class Letters {

    private Letters() {}

    static Text capitalized(Text text) {
        if (text.isEmpty()) return text;
        var first = text.chars().offsetByCodePoints(0, 1);
        var head = new StringBuilder().appendCodePoint(Character.toTitleCase(text.chars().codePointAt(0))).toString();
        return text.mapped(head + text.part(first, text.chars().length()).lower().chars());
    }

    /** Each letter after another letter small, each other one large. */
    static Text titled(Text text) {
        var out = new StringBuilder(text.chars().length());
        var inWord = false;
        for (int i = 0; i < text.chars().length();) {
            var c = text.chars().codePointAt(i);
            out.appendCodePoint(inWord ? Character.toLowerCase(c) : Character.toTitleCase(c));
            inWord = isCased(c);
            i += Character.charCount(c);
        }
        return text.mapped(out.toString());
    }

    /** Jinja's filter: words begin after white space, hyphens and opening brackets only. */
    static Text titledWords(Text text) {
        var out = new StringBuilder(text.chars().length());
        var inWord = false;
        for (int i = 0; i < text.chars().length();) {
            var c = text.chars().codePointAt(i);
            var between = Text.isSpace(c) || "-({[<".indexOf(c) >= 0;
            var letter = new StringBuilder().appendCodePoint(c).toString();
            out.append(between ? letter : inWord ? Text.of(letter).lower().chars() : Text.of(letter).upper().chars());
            inWord = !between;
            i += Character.charCount(c);
        }
        return text.mapped(out.toString());
    }

    static Text swapped(Text text) {
        var out = new StringBuilder(text.chars().length());
        text.chars().codePoints().forEach(c -> {
            var letter = Text.of(new StringBuilder().appendCodePoint(c).toString());
            out.append(
                    Character.isUpperCase(c) ? letter.lower().chars() : Character.isLowerCase(c) ? letter.upper().chars() : letter.chars());
        });
        return text.mapped(out.toString());
    }

    private static boolean isCased(int c) {
        return Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
    }

    static boolean isUpper(Text text) {
        return text.chars().codePoints().anyMatch(Character::isUpperCase)
                && text.chars().codePoints().noneMatch(c -> Character.isLowerCase(c) || Character.isTitleCase(c));
    }

    static boolean isLower(Text text) {
        return text.chars().codePoints().anyMatch(Character::isLowerCase)
                && text.chars().codePoints().noneMatch(c -> Character.isUpperCase(c) || Character.isTitleCase(c));
    }

    static boolean isTitle(Text text) {
        return text.chars().codePoints().anyMatch(Letters::isCased) && text.chars().equals(titled(text).chars());
    }

    /** Decimal digits, and those that stand above or below the line or in a circle. */
    static boolean isDigit(int c) {
        return Character.isDigit(c) || "²³¹".indexOf(c) >= 0 || c == 0x2070 || c >= 0x2074 && c <= 0x2079 || c >= 0x2080 && c <= 0x2089
                || c >= 0x2460 && c <= 0x2468;
    }

    static boolean isNumeric(int c) {
        return switch (Character.getType(c)) {
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> true;
            default -> false;
        };
    }
}
