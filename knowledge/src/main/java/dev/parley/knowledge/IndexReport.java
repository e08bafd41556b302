package dev.parley.knowledge;

import java.time.Duration;
import java.util.List;

/**
 * What a refresh has found and done.
 *
 * @param added files that are new; the sources, as passages name them
 * @param changed files with another text than before
 * @param removed files that are no longer there
 * @param unchanged how many files are as they were
 * @param passages in the index now
 * @param faults files that are not in the index, or not wholly
 */
public record IndexReport(List<String> added, List<String> changed, List<String> removed, int unchanged, int passages, List<Fault> faults,
        Duration time) {

    public IndexReport {
        added = List.copyOf(added);
        changed = List.copyOf(changed);
        removed = List.copyOf(removed);
        faults = List.copyOf(faults);
    }

    /**
     * What is wrong with a file.
     *
     * @param sentence naming the file and the fault
     */
    public record Fault(String source, String sentence) {}
}
