package dev.parley.data.chat;

import java.util.ArrayList;
import java.util.List;

/**
 * Lines that were left out because something is wrong with them.
 *
 * @param count how many
 * @param samples the first of them, each with its place and its fault
 */
public record BadLines(long count, List<String> samples) {

    /** None. */
    public static final BadLines NONE = new BadLines(0, List.of());

    private static final int SAMPLES = 5;

    /** Copies the samples. */
    public BadLines {
        samples = List.copyOf(samples);
    }

    BadLines with(ChatLine.Bad line) {
        if (samples.size() == SAMPLES) return new BadLines(count + 1, samples);
        var more = new ArrayList<>(samples);
        more.add(line.toString());
        return new BadLines(count + 1, more);
    }
}
