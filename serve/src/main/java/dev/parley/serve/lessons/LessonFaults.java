package dev.parley.serve.lessons;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What speaks against putting a lesson in use: held-out feedback that is met less often than before, or a probe that fell. */
public final class LessonFaults {

    /** How far the probe may fall, in points of 100. */
    public static final double PROBE_MAY_FALL = 1;

    private LessonFaults() {}

    /** In sentences; none where nothing speaks against it, or nothing was measured. */
    public static List<String> of(Lesson lesson) {
        var faults = new ArrayList<String>();
        lesson.result().ifPresent(result -> {
            for (var score : result.heldOut()) {
                if (score.after() < score.before()) faults.add(String.format(Locale.ROOT,
                        "Held-out feedback (%s) is met less often than before: %.0f %%, before %.0f %%.", score.name(), 100 * score.after(),
                        100 * score.before()));
            }
            result.probe().filter(probe -> 100 * (probe.before() - probe.after()) > PROBE_MAY_FALL)
                    .ifPresent(probe -> faults.add(String.format(Locale.ROOT,
                            "Something of what the model knew is lost: the probe fell by %.1f points, from %.1f to %.1f.",
                            100 * (probe.before() - probe.after()), 100 * probe.before(), 100 * probe.after())));
        });
        return faults;
    }
}
