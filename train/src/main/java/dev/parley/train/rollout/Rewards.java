package dev.parley.train.rollout;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;

/**
 * Several rewards, each with its weight. A line of the data may name those that judge it under {@code reward}; else all do.
 *
 * <pre>{@code
 * var rewards = Rewards.of(RewardFunctions.number()).with(RewardFunctions.regex("[0-9 +=]+"), 0.2);
 * }</pre>
 */
public record Rewards(List<Weighted> all) {

    /** A reward and how much it counts. */
    public record Weighted(Reward reward, double weight) {}

    /** @throws IllegalArgumentException if there is none, or two have one name */
    public Rewards {
        all = List.copyOf(all);
        if (all.isEmpty()) throw new IllegalArgumentException("There is no reward to judge answers by.");
        var names = new HashSet<String>();
        for (var each : all) {
            if (!names.add(each.reward().name()))
                throw new IllegalArgumentException("Two rewards are called " + each.reward().name() + ".");
            if (!Double.isFinite(each.weight())) throw new IllegalArgumentException("The weight of a reward is a number.");
        }
    }

    /** One alone. */
    public static Rewards of(Reward reward) {
        return new Rewards(List.of(new Weighted(reward, 1)));
    }

    /** These and another. */
    public Rewards with(Reward reward, double weight) {
        var more = new ArrayList<>(all);
        more.add(new Weighted(reward, weight));
        return new Rewards(more);
    }

    /**
     * What an answer is worth to each of them, in their order; NaN of one that does not judge its question.
     *
     * @throws IllegalArgumentException if the question names a reward that there is not
     */
    public double[] each(Rollout rollout) {
        var named = named(rollout.question().asked().more().path("reward"));
        for (var name : named) {
            if (all.stream().noneMatch(each -> each.reward().name().equals(name))) {
                throw new IllegalArgumentException("A question asks for the reward " + name + ", which is none of "
                        + String.join(", ", all.stream().map(each -> each.reward().name()).toList()) + ".");
            }
        }
        return all.stream().mapToDouble(each -> named.isEmpty() || named.contains(each.reward().name()) ? each.reward().of(rollout)
                : Double.NaN).toArray();
    }

    private static List<String> named(JsonNode reward) {
        if (reward.isTextual()) return List.of(reward.textValue());
        var names = new ArrayList<String>();
        for (var name : reward) names.add(name.asText());
        return Collections.unmodifiableList(names);
    }

    /** The weighted sum. @param each as {@link #each} has them */
    public double total(double[] each) {
        double total = 0;
        for (int i = 0; i < each.length; i++) if (!Double.isNaN(each[i])) total += all.get(i).weight() * each[i];
        return total;
    }
}
