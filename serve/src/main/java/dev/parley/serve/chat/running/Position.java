package dev.parley.serve.chat.running;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How much of an answer a reader has.
 *
 * @param characters of its text
 * @param end whether it also knows that this was all
 */
public record Position(int tokens, int characters, boolean end) {

    /** Nothing yet. */
    public static final Position START = new Position(0, 0, false);

    private static final Pattern FORM = Pattern.compile("(\\d{1,9})-(\\d{1,9})(-end)?");

    /** As its identifier says, if it is one. */
    public static Optional<Position> of(String id) {
        var parts = FORM.matcher(id);
        if (!parts.matches()) return Optional.empty();
        return Optional.of(new Position(Integer.parseInt(parts.group(1)), Integer.parseInt(parts.group(2)), parts.group(3) != null));
    }

    /** As the identifier of an event, by which a reader that lost the connection says what it has. */
    public String id() {
        return tokens + "-" + characters + (end ? "-end" : "");
    }

    /** The same place, and it is the end. */
    public Position ended() {
        return new Position(tokens, characters, true);
    }
}
