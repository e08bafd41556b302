package dev.parley.jinja;

import java.util.ArrayList;
import java.util.List;

/** Cuts strings into parts as Python's split, splitlines, partition and replace do. */
final class Cutter {

    private final Budget budget;
    private final Python python;

    Cutter(Budget budget) {
        this.budget = budget;
        python = new Python(budget);
    }

    /** At a separator that is not empty, at most so many times. */
    List<Text> split(Text text, String separator, int most, boolean fromLeft) {
        python.charge(text, separator);
        var parts = new ArrayList<Text>();
        if (fromLeft) {
            var from = 0;
            for (int at; parts.size() < most && (at = text.chars().indexOf(separator, from)) >= 0; from = at + separator.length())
                add(parts, text, from, at);
            add(parts, text, from, text.chars().length());
            return parts;
        }
        var to = text.chars().length();
        for (int at; parts.size() < most && to >= separator.length()
                && (at = text.chars().lastIndexOf(separator, to - separator.length())) >= 0; to = at) {
            add(parts, text, at + separator.length(), to);
        }
        add(parts, text, 0, to);
        return parts.reversed();
    }

    private void add(List<Text> parts, Text text, int from, int to) {
        budget.makeList(parts.size() + 1 > Budget.LONGEST_LIST ? parts.size() + 1 : 1);
        parts.add(text.part(from, to));
        if (text.runCount() > 1) budget.charge(text.runCount());
    }

    /** At white space, which belongs to no part, but for what the last part keeps at its far end. */
    List<Text> words(Text text, int most, boolean fromLeft) {
        var parts = new ArrayList<Text>();
        var chars = text.chars();
        if (fromLeft) {
            for (int at = run(chars, 0, 1, true); at < chars.length();) {
                var end = parts.size() >= most ? chars.length() : run(chars, at, 1, false);
                add(parts, text, at, end);
                at = run(chars, end, 1, true);
            }
            return parts;
        }
        for (int at = run(chars, chars.length(), -1, true); at > 0;) {
            var start = parts.size() >= most ? 0 : run(chars, at, -1, false);
            add(parts, text, start, at);
            at = run(chars, start, -1, true);
        }
        return parts.reversed();
    }

    /** Where a run of white space, or of anything else, ends that begins at a place and goes on in a direction. */
    private static int run(String chars, int from, int direction, boolean space) {
        var at = from;
        while (direction > 0 ? at < chars.length() : at > 0) { // all white space is in the basic plane
            if (Text.isSpace(chars.charAt(direction > 0 ? at : at - 1)) != space) break;
            at += direction;
        }
        return at;
    }

    List<Text> lines(Text text, boolean keepEnds) {
        var lines = new ArrayList<Text>();
        var chars = text.chars();
        var from = 0;
        for (int i = 0; i < chars.length(); i++) {
            if (!endsLine(chars.charAt(i))) continue;
            var next = chars.startsWith("\r\n", i) ? i + 2 : i + 1;
            add(lines, text, from, keepEnds ? next : i);
            from = next;
            i = next - 1;
        }
        if (from < chars.length()) add(lines, text, from, chars.length());
        return lines;
    }

    private static boolean endsLine(char c) {
        return c >= '\n' && c <= '\r' || c >= 0x1c && c <= 0x1e || c == 0x85 || c == '\u2028' || c == '\u2029';
    }

    /** What lies before, the separator, what lies after; the whole at one end where there is no separator. */
    Value partition(Text text, String separator, boolean first) {
        python.charge(text, separator);
        var at = first ? text.chars().indexOf(separator) : text.chars().lastIndexOf(separator);
        if (at < 0) return first ? Value.tuple(text, Text.EMPTY, Text.EMPTY) : Value.tuple(Text.EMPTY, Text.EMPTY, text);
        var after = at + separator.length();
        return Value.tuple(text.part(0, at), text.part(at, after), text.part(after, text.chars().length()));
    }

    /** @param count at most so many times from the left; all where it is negative */
    Text replace(Text text, String old, Text by, int count) {
        var most = count < 0 ? Integer.MAX_VALUE : count;
        var out = new TextBuilder(budget);
        if (!old.isEmpty()) {
            var parts = split(text, old, most, true);
            for (int i = 0; i < parts.size(); i++) out.add(i == 0 ? Text.EMPTY : by).add(parts.get(i));
            return out.build();
        }
        var at = 0; // an empty string is found before each character and at the end
        for (int done = 0; done < most; done++) {
            out.add(by);
            if (at == text.chars().length()) return out.build();
            var next = text.chars().offsetByCodePoints(at, 1);
            out.add(text.part(at, next));
            budget.charge(1 + text.runCount());
            at = next;
        }
        return out.add(text.part(at, text.chars().length())).build();
    }
}
