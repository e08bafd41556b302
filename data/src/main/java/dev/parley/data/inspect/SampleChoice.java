package dev.parley.data.inspect;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * Which rows are shown.
 *
 * @param first number of the first of them, from 1; of a random choice it means nothing
 * @param count how many
 * @param random whether any may be chosen
 * @param seed of a random choice
 */
public record SampleChoice(long first, int count, boolean random, long seed) {

    /** The first ones. */
    public static SampleChoice first(int count) {
        return new SampleChoice(1, count, false, 0);
    }

    /** One, by its number from 1. */
    public static SampleChoice row(long number) {
        return new SampleChoice(number, 1, false, 0);
    }

    /** Any, each as likely as every other. */
    public static SampleChoice random(int count, long seed) {
        return new SampleChoice(1, count, true, seed);
    }

    /** Chooses while rows go by, so that none but the chosen stay in memory. */
    Chooser chooser() {
        return new Chooser(this);
    }

    /** What has been chosen so far. */
    static final class Chooser {

        private final SampleChoice choice;
        private final SplittableRandom random;
        private final List<Sample> chosen = new ArrayList<>();
        private long seen;

        private Chooser(SampleChoice choice) {
            this.choice = choice;
            random = new SplittableRandom(choice.seed);
        }

        /** A random choice is Vitter's algorithm R: the n-th row takes a place with the chance count/n. */
        void offer(Supplier<Sample> sample) {
            seen++;
            if (choice.random) {
                if (chosen.size() < choice.count) {
                    chosen.add(sample.get());
                } else {
                    var place = random.nextLong(seen);
                    if (place < choice.count) chosen.set((int) place, sample.get());
                }
            } else if (seen >= choice.first && seen < choice.first + choice.count) {
                chosen.add(sample.get());
            }
        }

        List<Sample> chosen() {
            return chosen;
        }
    }
}
