package dev.parley.generate.constraint;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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
            if (bytes.size() > 10 * length + 100) return Optional.empty();
        }
        return Optional.of(bytes.toString(StandardCharsets.UTF_8));
    }
}
