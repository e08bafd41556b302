package dev.parley.train;

import java.util.ArrayDeque;
import java.util.Locale;
import java.util.Optional;

/**
 * Notices a loss that jumps: one that lies above the mean of the {@value #WINDOW} steps before by more than {@value #DEVIATIONS} of
 * their standard deviations and by a tenth of the mean. It asks for {@value #LEAST} steps first, and tells of
 * one spike in {@value #QUIET} steps.
 */
final class LossSpikes {

    private static final int WINDOW = 100;
    private static final int LEAST = 20;
    private static final int QUIET = 20;
    private static final double DEVIATIONS = 6;
    private static final double PART = 0.1;

    private final ArrayDeque<Double> losses = new ArrayDeque<>();
    private long toldAt = Long.MIN_VALUE / 2;

    /** What to say of the loss of a step; nothing where it is as those before. */
    Optional<String> after(long step, double loss) {
        var mean = losses.stream().mapToDouble(l -> l).average().orElse(0);
        var deviation = Math.sqrt(losses.stream().mapToDouble(l -> (l - mean) * (l - mean)).average().orElse(0));
        var isSpike = losses.size() >= LEAST && loss - mean > Math.max(DEVIATIONS * deviation, PART * mean);
        losses.add(loss);
        if (losses.size() > WINDOW) losses.remove();
        if (!isSpike || step - toldAt < QUIET) return Optional.empty();
        toldAt = step;
        return Optional.of(String.format(Locale.ROOT,
                "The loss of step %d is %.3f, after a mean of %.3f: a spike; if more follow, lower the learning rate or look at the data.",
                step, loss, mean));
    }
}
