package dev.parley.cli.models;

import java.util.Locale;

/** Sizes as people read them. */
final class Sizes {

    private Sizes() {}

    /** In B, kB, MB or GB, with three digits or so. */
    static String text(long bytes) {
        return bytes < 1000 ? bytes + " B" : shortened(bytes, "kMGT", " ") + "B";
    }

    /** How many of something: 596M parameters, 12k downloads. */
    static String number(long count) {
        return count < 1000 ? Long.toString(count) : shortened(count, "kMBT", "");
    }

    private static String shortened(long count, String units, String between) {
        var value = count / 1000.0;
        var unit = 0;
        while (value >= 999.5 && unit < units.length() - 1) {
            value /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, value < 9.95 ? "%.1f%s%c" : "%.0f%s%c", value, between, units.charAt(unit));
    }
}
