package dev.parley.data.tasks;

import dev.parley.data.HeldOut;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * Sums and differences of whole numbers. The table of two digits is learned as a whole, as at school. What is held out are
 * pairs with a number of more digits: such a pair is never trained, in no order, no phrasing, and not as a difference either. A
 * sum or difference of larger numbers is answered in two steps, the last digits first ("5 + 4 = 9, 15 + 4 = 19"; "9 - 4 = 5,
 * 19 - 4 = 15"), so that each step is small; the first step is always of the table, and so never a pair that is held out.
 */
public final class Arithmetic extends CaseTask<Arithmetic.Pair> {

    private static final int SMALL = 20;
    private static final int EVERY_SMALL = 2; // only 66 pairs with a number of two digits have a sum up to 20
    private static final int EVERY = 6;
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]+");
    private static final List<String> SUMS = List.of("What is %d + %d?", "%d + %d =", "What is %d plus %d?", "How much is %d + %d?",
            "Add %d and %d.", "%d plus %d", "Calculate %d + %d.", "Can you add %d and %d?");
    private static final List<String> DIFFERENCES = List.of("What is %d - %d?", "%d - %d =", "What is %d minus %d?",
            "How much is %d - %d?", "%d minus %d", "Calculate %d - %d.");

    private final boolean sum;
    private final int least;
    private final int most;
    private final HeldOut examined;

    private Arithmetic(String name, boolean sum, int least, int most, HeldOut examined) {
        super(name);
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

    /** Two numbers, each at least 0. */
    record Pair(int a, int b) {

        private int total() {
            return a + b;
        }

        private Pair turned() {
            return new Pair(b, a);
        }

        private boolean isOfTable() {
            return a < 10 && b < 10;
        }

        private Pair lastDigits() {
            return new Pair(a % 10, b % 10);
        }
    }

    @Override
    Pair draw(RandomGenerator random) {
        var total = random.nextInt(least, most + 1);
        var a = random.nextInt(total + 1);
        return new Pair(a, total - a);
    }

    /** Each pair once, the smaller number first. */
    @Override
    List<Pair> heldOutCases(RandomGenerator random) {
        var pairs = new ArrayList<Pair>();
        for (int total = least; total <= most; total++) {
            for (int a = 0; 2 * a <= total; a++) pairs.add(new Pair(a, total - a));
        }
        return pairs.stream().filter(this::isHeldOut).toList();
    }

    @Override
    boolean isHeldOut(Pair pair) {
        var larger = Math.max(pair.a(), pair.b());
        return larger > 9 && examined.has(Math.min(pair.a(), pair.b()) + "+" + larger, pair.total() <= SMALL ? EVERY_SMALL : EVERY);
    }

    @Override
    Example examined(Pair pair, RandomGenerator random) {
        return example(random.nextBoolean() ? pair : pair.turned(), random);
    }

    @Override
    Example example(Pair pair, RandomGenerator random) {
        if (sum) return new Example(pick(SUMS, random).formatted(pair.a(), pair.b()), steps(pair, Arithmetic::sum));
        return new Example(pick(DIFFERENCES, random).formatted(pair.total(), pair.a()), steps(pair, Arithmetic::difference));
    }

    /** The last digits first, where the pair is not of the table. */
    private static String steps(Pair pair, Function<Pair, String> equation) {
        return (pair.isOfTable() ? "" : equation.apply(pair.lastDigits()) + ", ") + equation.apply(pair);
    }

    private static String sum(Pair pair) {
        return pair.a() + " + " + pair.b() + " = " + pair.total();
    }

    private static String difference(Pair pair) {
        return pair.total() + " - " + pair.a() + " = " + pair.b();
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
