package dev.parley.grammar;

import static dev.parley.grammar.Expression.EMPTY;
import static dev.parley.grammar.Expression.choice;
import static dev.parley.grammar.Expression.digits;
import static dev.parley.grammar.Expression.optional;
import static dev.parley.grammar.Expression.sequence;
import static dev.parley.grammar.Expression.text;

import dev.parley.grammar.Expression.Repeat;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Optional;

/**
 * Numbers of JSON between two bounds, digit by digit: once a digit differs from the bound's, those after it are free.
 *
 * @param low the least, if there is one
 * @param aboveLow whether a number must be above it
 * @param high the greatest, if there is one
 * @param belowHigh whether a number must be below it
 */
record NumberRange(Optional<BigDecimal> low, boolean aboveLow, Optional<BigDecimal> high, boolean belowHigh) {

    /** Digits of a number that has no bound, and digits after the point: no number goes on for ever. */
    static final int MOST_DIGITS = 15;

    private static final Expression ANY = digits(0, 9);

    boolean isUnbounded() {
        return low.isEmpty() && high.isEmpty();
    }

    // ---- whole numbers ----

    /** Whole numbers, without a point or an exponent. */
    Expression integers() {
        var least = low.map(
                l -> l.setScale(0, RoundingMode.CEILING).toBigInteger().add(isWhole(l) && aboveLow ? BigInteger.ONE : BigInteger.ZERO));
        var most = high.map(
                h -> h.setScale(0, RoundingMode.FLOOR).toBigInteger().subtract(isWhole(h) && belowHigh ? BigInteger.ONE : BigInteger.ZERO));
        var options = new ArrayList<Expression>();
        if (least.isEmpty() || least.get().signum() < 0) {
            var from = most.filter(m -> m.signum() < 0).map(BigInteger::negate).orElse(BigInteger.ONE);
            options.add(sequence(text("-"), whole(from, least.map(BigInteger::negate))));
        }
        if (most.isEmpty() || most.get().signum() >= 0) options.add(whole(least.filter(l -> l.signum() > 0).orElse(BigInteger.ZERO), most));
        return choice(options);
    }

    private static boolean isWhole(BigDecimal number) {
        return number.stripTrailingZeros().scale() <= 0;
    }

    /** Whole numbers from one of at least 0 on. */
    private static Expression whole(BigInteger from, Optional<BigInteger> to) {
        var first = from.toString();
        var last = to.map(BigInteger::toString).orElse("9".repeat(Math.max(MOST_DIGITS, first.length() + 1)));
        var options = new ArrayList<Expression>();
        for (int length = first.length(); length <= last.length(); length++) {
            var least = length == first.length() ? first : "1" + "0".repeat(length - 1);
            var most = length == last.length() ? last : "9".repeat(length);
            if (least.compareTo(most) <= 0) options.add(between(least, most));
        }
        return choice(options);
    }

    /** Numbers of as many digits as both bounds have. */
    private static Expression between(String least, String most) {
        if (least.isEmpty()) return EMPTY;
        int a = least.charAt(0) - '0', b = most.charAt(0) - '0', rest = least.length() - 1;
        if (least.matches("0+") && most.matches("9+")) return new Repeat(ANY, rest + 1, rest + 1);
        if (a == b) return sequence(digits(a, a), between(least.substring(1), most.substring(1)));
        return choice(sequence(digits(a, a), between(least.substring(1), "9".repeat(rest))),
                sequence(digits(a + 1, b - 1), new Repeat(ANY, rest, rest)),
                sequence(digits(b, b), between("0".repeat(rest), most.substring(1))));
    }

    // ---- numbers with a point ----

    /** Numbers with a fraction of at most so many digits, and no exponent. */
    Expression decimals(int fractionDigits) {
        var options = new ArrayList<Expression>();
        if (low.isEmpty() || low.get().signum() < 0) {
            var negative = new NumberRange(high.filter(h -> h.signum() < 0).map(BigDecimal::negate).or(() -> Optional.of(BigDecimal.ZERO)),
                    high.isEmpty() || high.get().signum() >= 0 || belowHigh, low.map(BigDecimal::negate), aboveLow);
            options.add(sequence(text("-"), negative.positive(fractionDigits)));
        }
        if (high.isEmpty() || high.get().signum() >= 0) {
            var zero = low.isEmpty() || low.get().signum() < 0;
            options.add(new NumberRange(zero ? Optional.of(BigDecimal.ZERO) : low, !zero && aboveLow, high, belowHigh)
                    .positive(fractionDigits));
        }
        return choice(options);
    }

    /** The lower bound is there, and not below 0. */
    private Expression positive(int digits) {
        BigInteger first = low.orElseThrow().toBigInteger(), last = high.map(BigDecimal::toBigInteger).orElse(null);
        var above = Optional.of(fraction(low.orElseThrow()));
        var below = high.map(NumberRange::fraction);
        if (first.equals(last)) return sequence(text(first.toString()), pointed(above, below, digits));
        var options = new ArrayList<Expression>();
        options.add(sequence(text(first.toString()), pointed(above, Optional.empty(), digits)));
        if (last == null) {
            options.add(sequence(whole(first.add(BigInteger.ONE), Optional.empty()), pointed(Optional.empty(), Optional.empty(), digits)));
        } else if (last.compareTo(first) > 0) {
            var between = last.subtract(BigInteger.ONE);
            if (between.compareTo(first) > 0) {
                options.add(sequence(whole(first.add(BigInteger.ONE), Optional.of(between)),
                        pointed(Optional.empty(), Optional.empty(), digits)));
            }
            options.add(sequence(text(last.toString()), pointed(Optional.empty(), below, digits)));
        } else {
            return Expression.NOTHING;
        }
        return choice(options);
    }

    private static String fraction(BigDecimal number) {
        var plain = number.abs().stripTrailingZeros().toPlainString();
        return plain.contains(".") ? plain.substring(plain.indexOf('.') + 1) : "";
    }

    /** Nothing, or a point and digits. @param above the bound's own fraction, where the whole part is the bound's */
    private Expression pointed(Optional<String> above, Optional<String> below, int digits) {
        var fraction = sequence(text("."), fraction(above, below, digits, true));
        return mayStop(above, below) ? optional(fraction) : fraction;
    }

    private Expression fraction(Optional<String> above, Optional<String> below, int left, boolean first) {
        if (left == 0) return mayStop(above, below) && !first ? EMPTY : Expression.NOTHING;
        if (above.isEmpty() && below.isEmpty()) return new Repeat(ANY, first ? 1 : 0, left);
        int a = above.map(NumberRange::digit).orElse(-1), b = below.map(NumberRange::digit).orElse(10);
        var options = new ArrayList<Expression>();
        if (!first && mayStop(above, below)) options.add(EMPTY);
        if (a == b) {
            options.add(sequence(digits(a, a), fraction(above.map(NumberRange::rest), below.map(NumberRange::rest), left - 1, false)));
        } else if (a < b) {
            if (a >= 0) options.add(sequence(digits(a, a), fraction(above.map(NumberRange::rest), Optional.empty(), left - 1, false)));
            options.add(sequence(digits(a + 1, b - 1), new Repeat(ANY, 0, left - 1)));
            if (b <= 9) options.add(sequence(digits(b, b), fraction(Optional.empty(), below.map(NumberRange::rest), left - 1, false)));
        }
        return choice(options);
    }

    /** Whether zeros may follow, which a number need not write. */
    private boolean mayStop(Optional<String> above, Optional<String> below) {
        return above.map(a -> a.isEmpty() && !aboveLow).orElse(true) && below.map(b -> !b.isEmpty() || !belowHigh).orElse(true);
    }

    private static int digit(String bound) {
        return bound.isEmpty() ? 0 : bound.charAt(0) - '0';
    }

    private static String rest(String bound) {
        return bound.isEmpty() ? "" : bound.substring(1);
    }

    /** Any whole number. */
    static Expression anyInteger() {
        return sequence(optional(text("-")), choice(text("0"), sequence(digits(1, 9), new Repeat(ANY, 0, MOST_DIGITS - 1))));
    }

    /** Any number, with an exponent where it has one. */
    static Expression anyNumber() {
        var sign = optional(new Expression.Characters(CodePoints.of("+-")));
        var exponent = sequence(new Expression.Characters(CodePoints.of("eE")), sign, digits(1, 9), optional(ANY));
        return sequence(anyInteger(), optional(sequence(text("."), new Repeat(ANY, 1, MOST_DIGITS))), optional(exponent));
    }
}
