package dev.parley.train.objective;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** How much better an answer is than the others to its question, as a number: its reward less their mean, by a spread of rewards. */
public enum ScaleRewards {

    /** By the standard deviation in the group of answers to one question: Shao et al. 2024 (arXiv:2402.03300), section 4.1.2. */
    GROUP,

    /** By that of all answers of the step, so that easy and hard questions weigh alike: Liu et al. 2025 (arXiv:2508.08221). */
    BATCH,

    /** By nothing: Liu et al. 2025 (arXiv:2503.20783), section 3.2. */
    NONE;

    private static final double LEAST = 1e-4; // added to the spread, as TRL does

    /** The advantage of each answer. @param rewards of each group's answers */
    double[][] advantages(double[][] rewards) {
        var spread = deviation(Arrays.stream(rewards).flatMapToDouble(Arrays::stream).toArray());
        return Arrays.stream(rewards).map(group -> {
            var mean = Arrays.stream(group).average().orElse(0);
            var by = switch (this) {
                case GROUP -> deviation(group) + LEAST;
                case BATCH -> spread + LEAST;
                case NONE -> 1;
            };
            return Arrays.stream(group).map(reward -> (reward - mean) / by).toArray();
        }).toArray(double[][]::new);
    }

    /** The standard deviation of a sample: divided by one less than there are, as PyTorch does. */
    static double deviation(double[] numbers) {
        if (numbers.length < 2) return 0;
        if (Arrays.stream(numbers).allMatch(number -> number == numbers[0])) return 0; // to the bit, whatever the mean rounds to
        var mean = Arrays.stream(numbers).average().orElse(0);
        return Math.sqrt(Arrays.stream(numbers).map(number -> (number - mean) * (number - mean)).sum() / (numbers.length - 1));
    }

    /** Its name in a recipe, as TRL has it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The names of all. */
    public static List<String> labels() {
        return Arrays.stream(values()).map(ScaleRewards::label).toList();
    }

    /**
     * One by its name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static ScaleRewards named(String label) {
        return Arrays.stream(values()).filter(scale -> scale.label().equals(label)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "scale_rewards is " + label + "; it is one of " + String.join(", ", labels()) + "."));
    }
}
