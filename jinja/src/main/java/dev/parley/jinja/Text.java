package dev.parley.jinja;

import java.util.Arrays;
import java.util.Locale;

/**
 * A string of the language, which remembers for each of its characters where it comes from ({@link Source}). Positions are
 * Java's chars here; what a template counts are code points, as in Python, and {@link #length} and {@link #charAt} convert.
 */
final class Text implements Value, Comparable<Text> {

    static final Text EMPTY = new Text("", Source.TEMPLATE, new int[0]);

    private final String chars;
    private final int source; // of all, or the blend of the runs'
    private final int[] runs; // end and source of each run in turn; empty where the source is one

    private Text(String chars, int source, int[] runs) {
        this.chars = chars;
        this.source = source;
        this.runs = runs;
    }

    static Text of(String chars) {
        return of(chars, Source.TEMPLATE);
    }

    static Text of(String chars, int source) {
        return chars.isEmpty() ? EMPTY : new Text(chars, source, EMPTY.runs);
    }

    /** @param runs end and source of each run in turn, the last ending where the text does */
    static Text of(String chars, int[] runs) {
        if (runs.length == 0) return EMPTY;
        if (runs.length == 2) return new Text(chars, runs[1], EMPTY.runs);
        var blend = runs[1];
        for (int i = 3; i < runs.length; i += 2) blend = Source.blend(blend, runs[i]);
        return new Text(chars, blend, runs);
    }

    String chars() {
        return chars;
    }

    /** One source for all of it: the message's where a single message spoke, given where any part is. */
    int source() {
        return source;
    }

    boolean isEmpty() {
        return chars.isEmpty();
    }

    /** Other characters made of all of this text. */
    Text remade(String other) {
        return of(other, source);
    }

    /** As many other characters, each standing for the one at its place. */
    Text mapped(String other) {
        return other.length() == chars.length() ? new Text(other, source, runs) : remade(other);
    }

    int runCount() {
        return runs.length == 0 ? (chars.isEmpty() ? 0 : 1) : runs.length / 2;
    }

    int runEnd(int run) {
        return runs.length == 0 ? chars.length() : runs[2 * run];
    }

    int runSource(int run) {
        return runs.length == 0 ? source : runs[2 * run + 1];
    }

    /** The same characters, marked as what a generation block wrote. */
    Text generated() {
        var marked = runs.clone();
        for (int i = 1; i < marked.length; i += 2) marked[i] |= Source.GENERATED;
        return new Text(chars, source | Source.GENERATED, marked);
    }

    /** A part, by chars. */
    Text part(int from, int to) {
        if (from >= to) return EMPTY;
        if (from == 0 && to == chars.length()) return this;
        var cut = chars.substring(from, to);
        if (runs.length == 0) return new Text(cut, source, runs);
        var kept = new int[runs.length];
        var count = 0;
        for (int i = 0, start = 0; i < runs.length && start < to; start = runs[i], i += 2) {
            if (runs[i] <= from) continue;
            kept[count++] = Math.min(runs[i], to) - from;
            kept[count++] = runs[i + 1];
        }
        return of(cut, Arrays.copyOf(kept, count));
    }

    // ---- code points ----

    /** Number of code points. */
    int length() {
        return chars.codePointCount(0, chars.length());
    }

    /** The char at which the code point of an index begins. */
    int charAt(int codePointIndex) {
        return chars.offsetByCodePoints(0, codePointIndex);
    }

    Text upper() {
        return mapped(chars.toUpperCase(Locale.ROOT));
    }

    Text lower() {
        return mapped(chars.toLowerCase(Locale.ROOT));
    }

    /** Without the characters at either end that belong to {@code drop}, or white space where that is empty. */
    Text strip(String drop, boolean left, boolean right) {
        int from = 0, to = chars.length();
        while (left && from < to && drops(drop, chars.codePointAt(from))) from += Character.charCount(chars.codePointAt(from));
        while (right && to > from && drops(drop, chars.codePointBefore(to))) to -= Character.charCount(chars.codePointBefore(to));
        return part(from, to);
    }

    private static boolean drops(String drop, int codePoint) {
        return drop.isEmpty() ? isSpace(codePoint) : drop.indexOf(codePoint) >= 0;
    }

    /** White space as Python's str.isspace tells it. */
    static boolean isSpace(int codePoint) {
        return Character.isWhitespace(codePoint) || Character.isSpaceChar(codePoint) || codePoint == 0x85;
    }

    // ---- as a value: the source does not matter ----

    /** By code points, as Python compares. */
    @Override
    public int compareTo(Text other) {
        var length = Math.min(chars.length(), other.chars.length());
        for (int i = 0; i < length; i++) {
            char a = chars.charAt(i), b = other.chars.charAt(i);
            if (a == b) continue;
            boolean high = Character.isSurrogate(a), otherHigh = Character.isSurrogate(b);
            return high == otherHigh ? Character.compare(a, b) : high ? 1 : -1;
        }
        return Integer.compare(chars.length(), other.chars.length());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Text text && chars.equals(text.chars);
    }

    @Override
    public int hashCode() {
        return chars.hashCode();
    }

    @Override
    public String toString() {
        return chars;
    }
}
