package dev.parley.train.objective;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a pair's loss is of h: how much more its better answer has gained on the reference, in ln p, than its worse one. */
public enum DpoLoss {

    /** -ln sigmoid(beta h), with label smoothing: Rafailov et al. 2023 (arXiv:2305.18290), equation 7. */
    SIGMOID {
        @Override
        double loss(double h, double beta, double smoothing) {
            return (1 - smoothing) * softplus(-beta * h) + smoothing * softplus(beta * h);
        }

        @Override
        double slope(double h, double beta, double smoothing) {
            return beta * (smoothing * sigmoid(beta * h) - (1 - smoothing) * sigmoid(-beta * h));
        }
    },

    /** max(0, 1 - beta h): Zhao et al. 2023 (arXiv:2305.10425). */
    HINGE {
        @Override
        double loss(double h, double beta, double smoothing) {
            return Math.max(0, 1 - beta * h);
        }

        @Override
        double slope(double h, double beta, double smoothing) {
            return beta * h < 1 ? -beta : 0;
        }
    },

    /** (h - 1 / (2 beta))², with ln p the mean of an answer's tokens: Azar et al. 2023 (arXiv:2310.12036), equation 17. */
    IPO {
        @Override
        double loss(double h, double beta, double smoothing) {
            return (h - 1 / (2 * beta)) * (h - 1 / (2 * beta));
        }

        @Override
        double slope(double h, double beta, double smoothing) {
            return 2 * (h - 1 / (2 * beta));
        }
    };

    /** The loss of a pair. */
    abstract double loss(double h, double beta, double smoothing);

    /** Its derivative in h. */
    abstract double slope(double h, double beta, double smoothing);

    /** ln(1 + e^x), without overflow. */
    static double softplus(double x) {
        return Math.max(0, x) + Math.log1p(Math.exp(-Math.abs(x)));
    }

    static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /** Its name in a recipe, as TRL has it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * One by its name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static DpoLoss named(String label) {
        return Arrays.stream(values()).filter(loss -> loss.label().equals(label)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("loss_type is " + label + "; it is one of "
                        + Arrays.stream(values()).map(DpoLoss::label).collect(Collectors.joining(", ")) + "."));
    }
}
