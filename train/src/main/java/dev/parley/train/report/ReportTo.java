package dev.parley.train.report;

import java.util.Locale;

/** What a run is reported to besides {@code metrics.jsonl}, as {@code report_to} names it. */
public enum ReportTo {

    /** Everything that there is. */
    ALL,

    /** Event files for TensorBoard. */
    TENSORBOARD,

    /** The page {@code report.html}. */
    HTML,

    /** Nothing, and no {@code metrics.jsonl} either. */
    NONE;

    /** Its name as a setting. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    boolean includes(ReportTo one) {
        return this == ALL || this == one;
    }
}
