package dev.parley.assist.automation;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Names of output files: of the row's number, or of a cell. A name has letters, digits, {@code _}, {@code -} and {@code .} only, so
 * that no cell leads out of the folder; names that are equal, also where a file system tells no capitals apart, are numbered. Asked for
 * all rows in their order, the same table gives the same names.
 */
final class OutputNames {

    /** Bytes of UTF-8; with what is put around a file that is being written, below the 255 of common file systems. */
    private static final int LONGEST = 150;

    private static final Set<String> OF_WINDOWS = Set.of("con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7",
            "com8", "com9", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9");

    private final Optional<String> key;
    private final String ending;
    private final Set<String> taken = new HashSet<>();
    private final Map<String, Integer> last = new HashMap<>(); // number by name

    OutputNames(Optional<String> key, OutputFormat format) {
        this.key = key;
        ending = format.ending();
    }

    /** The name of the next row's file. */
    String next(TableRow row) {
        var base = key.map(k -> clean(row.cells().path(k).asText())).filter(name -> !name.isEmpty())
                .orElseGet(() -> String.format(Locale.ROOT, "row-%06d", row.number()));
        var name = base;
        while (!taken.add(name.toLowerCase(Locale.ROOT)))
            name = base + "-" + last.merge(base.toLowerCase(Locale.ROOT), 2, (n, two) -> n + 1);
        return name + ending;
    }

    private static String clean(String cell) {
        var name = Normalizer.normalize(cell.length() > 1000 ? cell.substring(0, 1000) : cell, Normalizer.Form.NFC)
                .replaceAll("[^\\p{L}\\p{M}\\p{N}_.-]+", "_").replaceAll("^[._-]+|[._-]+$", "").replaceAll("\\.{2,}", ".");
        while (name.getBytes(StandardCharsets.UTF_8).length > LONGEST) name = name.substring(0, name.offsetByCodePoints(name.length(), -1));
        var stem = name.toLowerCase(Locale.ROOT).replaceAll("\\..*", "");
        return OF_WINDOWS.contains(stem) ? "_" + name : name;
    }
}
