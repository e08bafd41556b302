package dev.parley.train.rollout;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.data.examples.ExampleData;
import dev.parley.generate.tools.Tool;
import java.math.BigDecimal;
import java.math.MathContext;

/**
 * The tool {@code calculate}, which works out an expression: numbers, + - * / and brackets.
 *
 * <pre>{@code
 * new Calculator().call(arguments);   // {"expression": "12 * (3 + 4)"} gives 84
 * }</pre>
 */
public final class Calculator implements CallableTool {

    /** Its name. */
    public static final String NAME = "calculate";

    private static final int LONGEST = 200;
    private static final int DEEPEST = 20;
    private static final String FORM = "That is no expression such as 12 * 34.";

    @Override
    public Tool tool() {
        return new Tool(NAME, ExampleData.calculator());
    }

    @Override
    public String call(JsonNode arguments) {
        if (!arguments.path("expression").isTextual()) throw new IllegalArgumentException("The argument \"expression\" is missing.");
        var text = arguments.path("expression").textValue();
        if (text.length() > LONGEST) throw new IllegalArgumentException("The expression is longer than " + LONGEST + " characters.");
        return new Expression(text).value().stripTrailingZeros().toPlainString();
    }

    /** Reads from left to right; what binds closer is read by a method further down. */
    private static final class Expression {

        private final String text;
        private int at;
        private int depth;

        Expression(String text) {
            this.text = text;
        }

        BigDecimal value() {
            var value = sum();
            if (next() != 0) throw new IllegalArgumentException(FORM);
            return value;
        }

        /** The next character that is no space; 0 at the end. */
        private char next() {
            while (at < text.length() && text.charAt(at) == ' ') at++;
            return at < text.length() ? text.charAt(at) : 0;
        }

        private boolean takes(char operator) {
            if (next() != operator) return false;
            at++;
            return true;
        }

        private BigDecimal sum() {
            var value = product();
            while (true) {
                if (takes('+')) value = value.add(product(), MathContext.DECIMAL128);
                else if (takes('-')) value = value.subtract(product(), MathContext.DECIMAL128);
                else return value;
            }
        }

        private BigDecimal product() {
            var value = factor();
            while (true) {
                if (takes('*')) value = value.multiply(factor(), MathContext.DECIMAL128);
                else if (takes('/')) value = divided(value, factor());
                else return value;
            }
        }

        private static BigDecimal divided(BigDecimal value, BigDecimal by) {
            if (by.signum() == 0) throw new IllegalArgumentException("Nothing can be divided by 0.");
            return value.divide(by, MathContext.DECIMAL64);
        }

        private BigDecimal factor() {
            if (++depth > DEEPEST) throw new IllegalArgumentException("The expression has too many brackets or signs in each other.");
            try {
                if (takes('-')) return factor().negate();
                if (!takes('(')) return number();
                var value = sum();
                if (!takes(')')) throw new IllegalArgumentException(FORM);
                return value;
            } finally {
                depth--;
            }
        }

        private BigDecimal number() {
            next();
            var start = at;
            while (at < text.length() && (Character.digit(text.charAt(at), 10) >= 0 && text.charAt(at) < 128 || text.charAt(at) == '.')) at++;
            try {
                return new BigDecimal(text.substring(start, at));
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(FORM, e);
            }
        }
    }
}
