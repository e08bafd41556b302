package dev.parley.cli.models;

import java.util.Locale;

/** Sizes as people read them. */
final class Sizes {

    private Sizes() {}

    /** In B, kB, MB or GB, with three digits or so. */
    static String text(long bytes) {
        if (bytes < 1000) return bytes + " B";
        var units = "kMGT";
        var value = bytes / 1000.0;
        var unit = 0;
        while (value >= 999.5 && unit < units.length() - 1) {
            value /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, value < 9.95 ? "%.1f %cB" : "%.0f %cB", value, units.charAt(unit));
    }
}
