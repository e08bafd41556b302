package dev.parley.hub;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The GGUF files of a model at the hub, which say in their names how their numbers are kept: {@code tiny-Q4_K_M.gguf}, or in pieces
 * {@code Q8_0/tiny-Q8_0-00001-of-00002.gguf}.
 */
final class GgufFiles {

    /** What is taken where none is asked for, if the model has it: small, and next to nothing lost. */
    static final String DEFAULT = "Q4_K_M";

    private static final Pattern SHARD = Pattern.compile("(.*)-(\\d{5})-of-(\\d{5})");
    private static final Pattern QUANTIZATION = Pattern.compile(
            ".*?(?:^|[-._])((?:UD-)?(?:I?Q\\d[A-Z0-9_]*|TQ\\d_\\d|MXFP4(?:_MOE)?|B?F16|F32))$", Pattern.CASE_INSENSITIVE);
    private static final String END = ".gguf";

    private GgufFiles() {}

    /**
     * Chooses a model among files.
     *
     * @param files of the hub's model, by their paths there
     * @param quantization as names have it, in any case; none for the usual one
     * @return the file, or all its pieces in their order; empty where there is none
     */
    static List<String> choose(Collection<String> files, Optional<String> quantization) {
        // a name that says more pieces than there are files is nobody's
        var firsts = files.stream().filter(GgufFiles::isModel).filter(file -> number(file) == 1 && pieces(file) <= files.size()).sorted(
                Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder())).toList();
        var asked = quantization.orElse(DEFAULT);
        var first = firsts.stream().filter(file -> quantizationOf(file).filter(asked::equalsIgnoreCase).isPresent()).findFirst();
        if (first.isEmpty() && quantization.isEmpty()) first = firsts.stream().findFirst();
        return first.map(GgufFiles::withPieces).orElse(List.of());
    }

    /** Those that a model can be asked for in, for messages. */
    static Collection<String> quantizations(Collection<String> files) {
        var all = new TreeSet<String>();
        for (var file : files) if (isModel(file)) quantizationOf(file).ifPresent(all::add);
        return all;
    }

    /** Neither the eyes of a model that sees, nor the statistics that it was quantised by. */
    private static boolean isModel(String file) {
        var name = file.substring(file.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
        return name.endsWith(END) && RemoteFile.isSafe(file) && !name.contains("mmproj") && !name.contains("imatrix");
    }

    private static Optional<String> quantizationOf(String file) {
        var stem = stem(file);
        var shard = SHARD.matcher(stem);
        var name = shard.matches() ? shard.group(1) : stem;
        var found = QUANTIZATION.matcher(name.substring(name.lastIndexOf('/') + 1));
        return found.matches() ? Optional.of(found.group(1).toUpperCase(Locale.ROOT)) : Optional.empty();
    }

    /** Which piece it is, from 1; a whole file is its first. */
    private static int number(String file) {
        var shard = SHARD.matcher(stem(file));
        return shard.matches() ? Integer.parseInt(shard.group(2)) : 1;
    }

    private static int pieces(String file) {
        var shard = SHARD.matcher(stem(file));
        return shard.matches() ? Integer.parseInt(shard.group(3)) : 1;
    }

    private static List<String> withPieces(String first) {
        var shard = SHARD.matcher(stem(first));
        if (!shard.matches()) return List.of(first);
        var pieces = new ArrayList<String>();
        for (int i = 1; i <= pieces(first); i++)
            pieces.add(
                    String.format(Locale.ROOT, "%s-%05d-of-%05d%s", shard.group(1), i, pieces(first), first.substring(first.length() - 5)));
        return pieces;
    }

    private static String stem(String file) {
        return file.substring(0, file.length() - END.length());
    }
}
