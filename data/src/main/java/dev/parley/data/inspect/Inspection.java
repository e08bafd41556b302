package dev.parley.data.inspect;

import java.util.List;

/** What was found in files or rows. */
public record Inspection(Figures figures, List<Sample> samples) {

    /** Copies the list. */
    public Inspection {
        samples = List.copyOf(samples);
    }
}
