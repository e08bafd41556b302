package dev.parley.train.objective;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What the losses of the tokens of a step are divided by, so that they become its loss. */
public enum GrpoLoss {

    /** The mean over a step's answers of the mean over their tokens: Shao et al. 2024 (arXiv:2402.03300), equation 3. */
    GRPO {
        @Override
        double weight(int tokens, Totals totals) {
            return 1.0 / totals.answers() / tokens;
        }
    },

    /** The mean over all tokens of a step's answers, so that a long answer weighs as its length: Yu et al. 2025 (arXiv:2503.14476), equation 12. */
    DAPO {
        @Override
        double weight(int tokens, Totals totals) {
            return 1.0 / totals.tokens();
        }
    },

    /** The sum over tokens by a constant, the longest that an answer may be: Liu et al. 2025 (arXiv:2503.20783), section 3.2. */
    DR_GRPO {
        @Override
        double weight(int tokens, Totals totals) {
            return 1.0 / totals.answers() / totals.longest();
        }
    };

    /**
     * What a step has, over all its passes.
     *
     * @param answers sampled
     * @param tokens of the answers that count
     * @param longest tokens that an answer may have
     */
    record Totals(int answers, long tokens, int longest) {}

    /** What the loss of each token of an answer is multiplied by. */
    abstract double weight(int tokens, Totals totals);

    /** Its name in a recipe, as TRL has it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The names of all. */
    public static List<String> labels() {
        return Arrays.stream(values()).map(GrpoLoss::label).toList();
    }

    /**
     * One by its name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static GrpoLoss named(String label) {
        return Arrays.stream(values()).filter(loss -> loss.label().equals(label)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "loss_type is " + label + "; it is one of " + labels().stream().collect(Collectors.joining(", ")) + "."));
    }
}
