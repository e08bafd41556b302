package dev.parley.data.tasks;

import dev.parley.data.HeldOut;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * Sums and differences of whole numbers. The table of two digits is learned as a whole, as at school. What is held out are
 * pairs with a number of more digits: such a pair is never trained, in no order, no phrasing, and not as a difference either. A
 * sum or difference of larger numbers is answered in two steps, the last digits first ("5 + 4 = 9, 15 + 4 = 19"; "9 - 4 = 5,
 * 19 - 4 = 15"), so that each step is small; the first step is always of the table, and so never a pair that is held out.
 */
public final class Arithmetic implements Task {

    private static final int SMALL = 20;
    private static final int EVERY_SMALL = 2; // only 66 pairs with a number of two digits have a sum up to 20
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
    private final HeldOut examined;

    private Arithmetic(String name, boolean sum, int least, int most, HeldOut examined) {
        this.name = name;
        this.sum = sum;
        this.least = least;
        this.most = most;
        this.examined = examined;
    }

    /** a + b up to 20. */
    public static Arithmetic sumsTo20(HeldOut examined) {
        return new Arithmetic("sums to 20", true, 0, SMALL, examined);
    }

    /** a + b from 21 to 100. */
    public static Arithmetic sumsTo100(HeldOut examined) {
        return new Arithmetic("sums to 100", true, SMALL + 1, 100, examined);
    }

    /** a - b, a up to 20. */
    public static Arithmetic differencesTo20(HeldOut examined) {
        return new Arithmetic("differences to 20", false, 0, SMALL, examined);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Example train(RandomGenerator random) {
        while (true) {
            var total = random.nextInt(least, most + 1);
            var a = random.nextInt(total + 1);
            if (!isHeldOut(a, total - a)) return example(a, total - a, random);
        }
    }

    /** Each pair once. */
    @Override
    public List<Example> heldOut(RandomGenerator random) {
        var cases = new ArrayList<Example>();
        for (int total = least; total <= most; total++) {
            for (int a = 0; 2 * a <= total; a++) {
                if (!isHeldOut(a, total - a)) continue;
                var first = random.nextBoolean() ? a : total - a;
                cases.add(example(first, total - first, random));
            }
        }
        return cases;
    }

    private boolean isHeldOut(int a, int b) {
        var larger = Math.max(a, b);
        return larger > 9 && examined.has(Math.min(a, b) + "+" + larger, a + b <= SMALL ? EVERY_SMALL : EVERY);
    }

    private Example example(int a, int b, RandomGenerator random) {
        if (sum) return new Example(pick(SUMS, random).formatted(a, b), steps(a, b));
        return new Example(pick(DIFFERENCES, random).formatted(a + b, a), stepsDown(a + b, a));
    }

    private static String steps(int a, int b) {
        return isOfTable(a, b) ? sum(a, b) : sum(a % 10, b % 10) + ", " + sum(a, b);
    }

    private static String stepsDown(int total, int a) {
        var b = total - a;
        return isOfTable(a, b) ? difference(total, a) : difference(a % 10 + b % 10, a % 10) + ", " + difference(total, a);
    }

    private static boolean isOfTable(int a, int b) {
        return a < 10 && b < 10;
    }

    private static String sum(int a, int b) {
        return a + " + " + b + " = " + (a + b);
    }

    private static String difference(int total, int a) {
        return total + " - " + a + " = " + (total - a);
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
