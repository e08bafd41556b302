package dev.parley.jinja;

/** The escapes of a string in a template, which are Python's. */
final class Escapes {

    private Escapes() {}

    static String read(String text, int line) {
        if (text.indexOf('\\') < 0) return text;
        var out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) != '\\') {
                out.append(text.charAt(i));
                continue;
            }
            var c = text.charAt(++i);
            switch (c) {
                case '\n' -> {}
                case 'n' -> out.append('\n');
                case 't' -> out.append('\t');
                case 'r' -> out.append('\r');
                case 'b' -> out.append('\b');
                case 'f' -> out.append('\f');
                case 'a' -> out.append((char) 7);
                case 'v' -> out.append((char) 11);
                case '\\', '\'', '"' -> out.append(c);
                case 'x' -> i = hexadecimal(text, i, 2, out, line);
                case 'u' -> i = hexadecimal(text, i, 4, out, line);
                case 'U' -> i = hexadecimal(text, i, 8, out, line);
                case '0', '1', '2', '3', '4', '5', '6', '7' -> i = octal(text, i, out);
                default -> out.append('\\').append(c);
            }
        }
        return out.toString();
    }

    /** Returns the place of the last digit. */
    private static int hexadecimal(String text, int at, int digits, StringBuilder out, int line) {
        var code = 0L;
        for (int i = 1; i <= digits; i++) {
            var digit = at + i < text.length() ? Character.digit(text.charAt(at + i), 16) : -1;
            if (digit < 0)
                throw new SyntaxFault(line, "the escape \\" + text.charAt(at) + " in a string needs " + digits + " hexadecimal digits");
            code = code * 16 + digit;
        }
        if (code > Character.MAX_CODE_POINT) throw new SyntaxFault(line, "an escape in a string names no character");
        out.appendCodePoint((int) code);
        return at + digits;
    }

    private static int octal(String text, int at, StringBuilder out) {
        int code = 0, end = at;
        while (end < text.length() && end < at + 3 && text.charAt(end) >= '0' && text.charAt(end) <= '7')
            code = code * 8 + text.charAt(end++) - '0';
        out.appendCodePoint(code);
        return end - 1;
    }
}
