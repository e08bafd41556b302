package dev.parley.data.tasks;

import dev.parley.data.HeldOut;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * Sums and differences of whole numbers. What is held out are pairs of numbers: a held-out pair is never asked in training,
 * in no order, no phrasing, and not as a difference either. A sum of larger numbers is answered in two steps, the last
 * digits first ("5 + 4 = 9, 15 + 4 = 19"), so that each step is small; such a first step may be a held-out pair of digits.
 */
public final class Arithmetic implements Task {

    private static final int EVERY = 6;
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]+");
    private static final List<String> SUMS = List.of("What is %d + %d?", "%d + %d =", "What is %d plus %d?", "How much is %d + %d?",
            "Add %d and %d.", "%d plus %d", "Calculate %d + %d.", "Can you add %d and %d?");
    private static final List<String> DIFFERENCES = List.of("What is %d - %d?", "%d - %d =", "What is %d minus %d?",
            "How much is %d - %d?", "%d minus %d", "Calculate %d - %d.");

    private final String name;
    private final boolean sum;
    private final int least;
    private final int most;

    private Arithmetic(String name, boolean sum, int least, int most) {
        this.name = name;
        this.sum = sum;
        this.least = least;
        this.most = most;
    }

    /** a + b up to 20. */
    public static Arithmetic sumsTo20() {
        return new Arithmetic("sums to 20", true, 0, 20);
    }

    /** a + b from 21 to 100. */
    public static Arithmetic sumsTo100() {
        return new Arithmetic("sums to 100", true, 21, 100);
    }

    /** a - b, a up to 20. */
    public static Arithmetic differencesTo20() {
        return new Arithmetic("differences to 20", false, 0, 20);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Example train(RandomGenerator random) {
        return make(random, false);
    }

    @Override
    public Example heldOut(RandomGenerator random) {
        return make(random, true);
    }

    private Example make(RandomGenerator random, boolean heldOut) {
        while (true) {
            var total = random.nextInt(least, most + 1);
            var a = random.nextInt(total + 1);
            var b = total - a;
            if (HeldOut.of(Math.min(a, b) + "+" + Math.max(a, b), EVERY) != heldOut) continue;
            if (sum) return new Example(pick(SUMS, random).formatted(a, b), steps(a, b));
            return new Example(pick(DIFFERENCES, random).formatted(total, a), total + " - " + a + " = " + b);
        }
    }

    private static String steps(int a, int b) {
        var sum = a + " + " + b + " = " + (a + b);
        return a < 10 && b < 10 ? sum : a % 10 + " + " + b % 10 + " = " + (a % 10 + b % 10) + ", " + sum;
    }

    private static String pick(List<String> phrasings, RandomGenerator random) {
        return phrasings.get(random.nextInt(phrasings.size()));
    }

    /** The last number of the answer counts. */
    @Override
    public boolean correct(Example example, String answer) {
        return lastNumber(answer).equals(lastNumber(example.answer()));
    }

    private static String lastNumber(String text) {
        return NUMBER.matcher(text).results().reduce((first, second) -> second).map(m -> m.group()).orElse("none");
    }
}
