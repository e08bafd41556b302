package dev.parley.grammar;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;

/** A set of Unicode characters. Surrogates are never in it: they are no characters. */
final class CodePoints {

    static final CodePoints NONE = new CodePoints(new int[0]);
    static final CodePoints ALL = new CodePoints(new int[] {0, 0xd7ff, 0xe000, Character.MAX_CODE_POINT});

    private final int[] bounds; // first and last of each range, in order, with gaps between

    private CodePoints(int[] bounds) {
        this.bounds = bounds;
    }

    static CodePoints range(int first, int last) {
        if (first > last) return NONE;
        var range = new CodePoints(new int[] {first, last});
        return last < 0xd800 || first > 0xdfff ? range : joined(range.common(ALL));
    }

    /** Those of a string. */
    static CodePoints of(String characters) {
        return union(characters.codePoints().mapToObj(c -> range(c, c)).toList());
    }

    /** Those of some ranges, each of a first and a last character, in any order. */
    static CodePoints ofRanges(List<int[]> ranges) {
        var sorted = new ArrayList<>(ranges);
        sorted.sort((a, b) -> Integer.compare(a[0], b[0]));
        return joined(joined(sorted).common(ALL));
    }

    /** Those of any of some sets. */
    static CodePoints union(List<CodePoints> sets) {
        if (sets.size() == 1) return sets.getFirst();
        var all = new ArrayList<int[]>();
        for (var set : sets) all.addAll(set.ranges());
        return ofRanges(all);
    }

    /** All for which the question is answered with yes. */
    static CodePoints where(IntPredicate question) {
        var found = new ArrayList<int[]>();
        for (int c = 0, first = -1; c <= Character.MAX_CODE_POINT + 1; c++) {
            var inside = c <= Character.MAX_CODE_POINT && (c < 0xd800 || c > 0xdfff) && question.test(c);
            if (inside && first < 0) first = c;
            if (!inside && first >= 0) {
                found.add(new int[] {first, c - 1});
                first = -1;
            }
        }
        return joined(found);
    }

    CodePoints union(CodePoints other) {
        return union(List.of(this, other));
    }

    /** @param ranges in order of their beginnings */
    private static CodePoints joined(List<int[]> ranges) {
        var bounds = new int[2 * ranges.size()];
        var n = 0;
        for (var range : ranges) {
            if (n > 0 && range[0] <= bounds[n - 1] + 1) {
                bounds[n - 1] = Math.max(bounds[n - 1], range[1]);
            } else {
                bounds[n++] = range[0];
                bounds[n++] = range[1];
            }
        }
        return new CodePoints(Arrays.copyOf(bounds, n));
    }

    /** All characters that are not in it. */
    CodePoints negated() {
        var gaps = new ArrayList<int[]>();
        var next = 0;
        for (var range : ranges()) {
            if (range[0] > next) gaps.add(new int[] {next, range[0] - 1});
            next = range[1] + 1;
        }
        if (next <= Character.MAX_CODE_POINT) gaps.add(new int[] {next, Character.MAX_CODE_POINT});
        return joined(joined(gaps).common(ALL));
    }

    CodePoints intersect(CodePoints other) {
        if (other == ALL) return this;
        if (this == ALL) return other;
        return joined(common(other));
    }

    private List<int[]> common(CodePoints other) {
        var common = new ArrayList<int[]>();
        for (int i = 0, j = 0; i < bounds.length && j < other.bounds.length;) {
            int first = Math.max(bounds[i], other.bounds[j]), last = Math.min(bounds[i + 1], other.bounds[j + 1]);
            if (first <= last) common.add(new int[] {first, last});
            if (bounds[i + 1] < other.bounds[j + 1]) i += 2;
            else j += 2;
        }
        return common;
    }

    CodePoints minus(CodePoints other) {
        return intersect(other.negated());
    }

    boolean contains(int character) {
        for (int i = 0; i < bounds.length; i += 2) {
            if (character >= bounds[i] && character <= bounds[i + 1]) return true;
        }
        return false;
    }

    /** Whether each is one byte of UTF-8. */
    boolean isAscii() {
        return bounds.length > 0 && bounds[bounds.length - 1] < 0x80;
    }

    boolean isEmpty() {
        return bounds.length == 0;
    }

    /** First and last of each range, in order. */
    List<int[]> ranges() {
        var ranges = new ArrayList<int[]>();
        for (int i = 0; i < bounds.length; i += 2) ranges.add(new int[] {bounds[i], bounds[i + 1]});
        return ranges;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CodePoints set && Arrays.equals(set.bounds, bounds);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bounds);
    }
}
