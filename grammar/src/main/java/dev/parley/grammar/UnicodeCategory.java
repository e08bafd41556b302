package dev.parley.grammar;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The characters of a general category of Unicode, such as {@code Lu} or {@code L}, or of a script. */
final class UnicodeCategory {

    private static final Map<String, Integer> TYPES = Map.ofEntries(Map.entry("Cn", 0), Map.entry("Lu", 1), Map.entry("Ll", 2),
            Map.entry("Lt", 3),
            Map.entry("Lm", 4), Map.entry("Lo", 5), Map.entry("Mn", 6), Map.entry("Me", 7), Map.entry("Mc", 8), Map.entry("Nd", 9),
            Map.entry("Nl", 10), Map.entry("No", 11), Map.entry("Zs", 12), Map.entry("Zl", 13), Map.entry("Zp", 14), Map.entry("Cc", 15),
            Map.entry("Cf", 16), Map.entry("Co", 18), Map.entry("Pd", 20), Map.entry("Ps", 21), Map.entry("Pe", 22), Map.entry("Pc", 23),
            Map.entry("Po", 24), Map.entry("Sm", 25), Map.entry("Sc", 26), Map.entry("Sk", 27), Map.entry("So", 28), Map.entry("Pi", 29),
            Map.entry("Pf", 30)); // java.lang.Character's numbers

    private static final Map<String, CodePoints> KNOWN = new ConcurrentHashMap<>();

    private UnicodeCategory() {}

    /** Empty if there is none of the name. */
    static Optional<CodePoints> of(String name) {
        var known = KNOWN.get(name);
        if (known != null) return Optional.of(known);
        var types = TYPES.entrySet().stream().filter(e -> e.getKey().startsWith(name)).mapToInt(e -> 1 << e.getValue()).reduce(0,
                (a, b) -> a | b);
        if (!name.isEmpty() && types != 0) return Optional.of(keep(name, CodePoints.where(c -> (types >> Character.getType(c) & 1) != 0)));
        var script = name.replaceFirst("^(Script|sc)=", "");
        try {
            var unicodeScript = Character.UnicodeScript.forName(script);
            return Optional.of(keep(name, CodePoints.where(c -> Character.UnicodeScript.of(c) == unicodeScript)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static CodePoints keep(String name, CodePoints set) {
        KNOWN.putIfAbsent(name, set); // there are not many names
        return set;
    }
}
