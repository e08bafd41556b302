package dev.parley.tokenizer.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Python's strip and split, whose white space is Unicode's. */
final class Strip {

    private Strip() {}

    static boolean isSpace(int c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == 0x85;
    }

    /** @param chars to take away; null for white space */
    static String both(String s, String chars) {
        return right(left(s, chars), chars);
    }

    static String left(String s, String chars) {
        var at = 0;
        while (at < s.length() && goes(s.codePointAt(at), chars)) at += Character.charCount(s.codePointAt(at));
        return s.substring(at);
    }

    static String right(String s, String chars) {
        var end = s.length();
        while (end > 0 && goes(s.codePointBefore(end), chars)) end -= Character.charCount(s.codePointBefore(end));
        return s.substring(0, end);
    }

    private static boolean goes(int c, String chars) {
        return chars == null ? isSpace(c) : chars.indexOf(c) >= 0;
    }

    /**
     * @param separator null for runs of white space, which leave no empty parts
     * @param most cuts at most; below 0 for all
     * @param fromRight whether the last cuts are made rather than the first
     */
    static List<Object> split(String s, String separator, long most, boolean fromRight) {
        if (separator != null && separator.isEmpty()) throw new TemplateException("split needs a separator that is not empty.");
        var parts = new ArrayList<Object>();
        if (separator == null) s = both(s, null);
        var rest = s;
        while (!rest.isEmpty() || separator != null) {
            var cut = parts.size() == most ? new int[] {-1, -1} : separator == null ? spaces(rest, fromRight)
                    : cut(fromRight ? rest.lastIndexOf(separator) : rest.indexOf(separator), separator.length());
            if (cut[0] < 0) {
                parts.add(rest);
                break;
            }
            parts.add(fromRight ? rest.substring(cut[1]) : rest.substring(0, cut[0]));
            rest = fromRight ? rest.substring(0, cut[0]) : rest.substring(cut[1]);
        }
        if (fromRight) Collections.reverse(parts);
        return parts;
    }

    private static int[] cut(int at, int length) {
        return new int[] {at, at + length};
    }

    /** The first or last run of white space: where it begins and ends; below 0 if there is none. */
    private static int[] spaces(String s, boolean last) {
        if (last) {
            var end = s.length();
            while (end > 0 && !isSpace(s.codePointBefore(end))) end -= Character.charCount(s.codePointBefore(end));
            return end == 0 ? new int[] {-1, -1} : new int[] {right(s.substring(0, end), null).length(), end};
        }
        var at = 0;
        while (at < s.length() && !isSpace(s.codePointAt(at))) at += Character.charCount(s.codePointAt(at));
        return at == s.length() ? new int[] {-1, -1} : new int[] {at, s.length() - left(s.substring(at), null).length()};
    }
}
