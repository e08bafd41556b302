package dev.parley.weights;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** How large a file of weights may become before another one is begun. */
public record ShardSize(long bytes) {

    /** 5 GB, as transformers has it. */
    public static final ShardSize DEFAULT = new ShardSize(5_000_000_000L);

    private static final Pattern WRITTEN = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,3})?) ?([kmgt]i?)?b?");
    private static final Map<String, Long> UNITS = Map.of("k", 1_000L, "m", 1_000_000L, "g", 1_000_000_000L, "t", 1_000_000_000_000L,
            "ki", 1L << 10, "mi", 1L << 20, "gi", 1L << 30, "ti", 1L << 40);

    public ShardSize {
        if (bytes < 1) throw new IllegalArgumentException("The largest size of a file of weights must be at least one byte.");
    }

    /**
     * A size as people write it: {@code 500MB}, {@code 4.5GB}, {@code 2GiB}, or a number of bytes.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static ShardSize parse(String text) {
        var parts = WRITTEN.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!parts.matches()) throw new IllegalArgumentException("\"" + text + "\" is no size; write for example 500MB, 5GB or 2GiB.");
        var unit = parts.group(2) == null ? 1L : UNITS.get(parts.group(2));
        return new ShardSize((long) (Double.parseDouble(parts.group(1)) * unit));
    }
}
