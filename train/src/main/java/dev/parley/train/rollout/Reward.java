package dev.parley.train.rollout;

/**
 * Judges an answer by code.
 *
 * <pre>{@code
 * Reward polite = Reward.of("polite", rollout -> rollout.text().contains("please") ? 1 : 0);
 * }</pre>
 */
public interface Reward {

    /** Its name in what is logged. */
    String name();

    /** How good an answer is; most give 1 for a right one and 0 for a wrong one. */
    double of(Rollout rollout);

    /** What gives the number. */
    @FunctionalInterface
    interface Judge {

        /** How good an answer is. */
        double of(Rollout rollout);
    }

    /** One by a function, whose outcome must depend on the answer alone, or a resumed run is another. */
    static Reward of(String name, Judge judge) {
        return new Reward() {

            @Override
            public String name() {
                return name;
            }

            @Override
            public double of(Rollout rollout) {
                return judge.of(rollout);
            }
        };
    }
}
