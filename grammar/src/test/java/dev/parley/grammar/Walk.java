package dev.parley.grammar;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** Texts that a grammar allows, drawn byte by byte. */
final class Walk {

    private static final String CLOSING = "\"}],:0 e"; // what brings JSON to an end

    private Walk() {}

    /** A whole text; long ones are steered to their end, and given up where it is not found. */
    static Optional<String> draw(Grammar grammar, SplittableRandom random, int length) {
        var configurations = new Configurations(grammar.automaton());
        var at = configurations.start();
        var bytes = new ByteArrayOutputStream();
        while (!at.mustEnd()) {
            var allowed = new ArrayList<Byte>();
            for (int b = 0; b < 256; b++) {
                if (at.after((byte) b) != null) allowed.add((byte) b);
            }
            if (at.complete() && (bytes.size() >= length || random.nextInt(allowed.size() + 1) == 0)) break;
            var next = allowed.get(random.nextInt(allowed.size()));
            if (random.nextInt(3) < (bytes.size() >= length ? 2 : 1)) { // else almost all would be a string of odd characters
                for (var c : CLOSING.toCharArray()) {
                    if (allowed.contains((byte) c)) {
                        next = (byte) c;
                        break;
                    }
                }
            }
            bytes.write(next);
            at = at.after(next);
            if (bytes.size() > length + 20 && bytes.size() % 32 == 0) {
                var end = shortestEnd(at);
                if (end.isPresent()) {
                    bytes.writeBytes(end.get());
                    break;
                }
            }
            if (bytes.size() > 10 * length + 100) return Optional.empty();
        }
        return Optional.of(bytes.toString(StandardCharsets.UTF_8));
    }

    /** The fewest bytes with which a text may end, if they are found soon. */
    private static Optional<byte[]> shortestEnd(Configurations.Configuration from) {
        record Way(Configurations.Configuration at, byte[] bytes) {}
        var seen = new HashSet<>(List.of(from));
        var open = new ArrayDeque<>(List.of(new Way(from, new byte[0])));
        while (!open.isEmpty() && seen.size() < 300) {
            var way = open.poll();
            if (way.at.complete()) return Optional.of(way.bytes);
            for (int b = 0; b < 256; b++) {
                var after = way.at.after((byte) b);
                if (after == null || !seen.add(after)) continue;
                var longer = Arrays.copyOf(way.bytes, way.bytes.length + 1);
                longer[way.bytes.length] = (byte) b;
                open.add(new Way(after, longer));
            }
        }
        return Optional.empty();
    }
}
