package dev.parley.assist.automation;

import java.time.Duration;
import java.util.Map;

/**
 * What a run came to, together with the runs before it that it went on from.
 *
 * @param rows that were to be made
 * @param done rows that have an output
 * @param made those of them that this run made
 * @param failed rows that have none, by kind
 * @param cutOff outputs that ended at the limit of tokens
 * @param tokens that this run generated
 * @param interrupted whether it was stopped before all rows were settled
 */
public record TableReport(long rows, long done, long made, Map<FailureKind, Long> failed, long cutOff, long tokens, boolean interrupted,
        Duration time) {

    /** Rows without an output. */
    public long failures() {
        return failed.values().stream().mapToLong(n -> n).sum();
    }
}
