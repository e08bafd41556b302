package dev.parley.train.objective;

import dev.parley.torch.LossSum;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What passes came to, to be added up over a step or an evaluation: the loss, and metrics by name, each a sum over what was counted.
 *
 * @param loss whose mean is told as the loss
 * @param metrics such as rewards/margins, in the order to be shown
 */
public record Tally(LossSum loss, Map<String, LossSum> metrics) {

    /** Nothing yet. */
    public static final Tally NONE = new Tally(new LossSum(0, 0), Map.of());

    public Tally {
        metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    }

    /** A loss summed over so many targets, pairs or whatever it is the mean of. */
    public static Tally of(double lossSum, long count) {
        return new Tally(new LossSum(lossSum, count), Map.of());
    }

    /** The same with one more metric, summed over a count of its own; one of that name is added to. */
    public Tally with(String name, double sum, long count) {
        var more = new LinkedHashMap<>(metrics);
        more.merge(name, new LossSum(sum, count), LossSum::plus);
        return new Tally(loss, more);
    }

    /** Both together. */
    public Tally plus(Tally other) {
        var all = new LinkedHashMap<>(metrics);
        other.metrics.forEach((name, sum) -> all.merge(name, sum, LossSum::plus));
        return new Tally(loss.plus(other.loss), all);
    }

    /** The mean of each metric of which anything was counted. */
    public Map<String, Double> means() {
        var means = new LinkedHashMap<String, Double>();
        metrics.forEach((name, sum) -> {
            if (sum.targets() > 0) means.put(name, sum.mean());
        });
        return Collections.unmodifiableMap(means);
    }
}
