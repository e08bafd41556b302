package dev.parley.jinja;

import dev.parley.jinja.Expression.Comparison.Operand;
import dev.parley.jinja.Expression.Constant;
import dev.parley.jinja.Expression.Given;
import dev.parley.jinja.Token.Kind;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Reads expressions; the weakest operator first: {@code if else}, or, and, not, comparison, + -, ~, * / // %, **, unary, filters. */
final class ExpressionParser {

    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
    private static final Constant NONE = new Constant(Value.None.NONE);

    private final TokenReader tokens;
    private final Names names;
    private final ArgumentParser arguments;

    ExpressionParser(TokenReader tokens, Names names) {
        this.tokens = tokens;
        this.names = names;
        arguments = new ArgumentParser(tokens, this::expression);
    }

    /** An expression, or a tuple without parentheses. @param conditional whether it may be {@code a if b else c} */
    Expression tuple(boolean conditional) {
        Supplier<Expression> part = conditional ? this::expression : this::or;
        var first = part.get();
        if (!tokens.peek().isOperator(",")) return first;
        var items = new ArrayList<>(List.of(first));
        while (tokens.skipOperator(",")) {
            if (endsTuple()) break;
            items.add(part.get());
        }
        return new Expression.TupleOf(items);
    }

    private boolean endsTuple() {
        var token = tokens.peek();
        return token.kind() == Kind.BLOCK_END || token.kind() == Kind.VARIABLE_END || token.isOperator(")") || token.isOperator("=");
    }

    Expression expression() {
        tokens.enter();
        var missing = names.missing();
        var value = or();
        while (tokens.skipName("if")) {
            var test = or();
            value = new Expression.Conditional(test, value, tokens.skipName("else") ? Optional.of(expression()) : Optional.empty());
            names.perhapsUnreached(missing);
        }
        tokens.leave();
        return value;
    }

    private Expression or() {
        var left = and();
        while (tokens.skipName("or")) left = new Expression.Or(left, and());
        return left;
    }

    private Expression and() {
        var left = not();
        while (tokens.skipName("and")) left = new Expression.And(left, not());
        return left;
    }

    private Expression not() {
        if (!tokens.skipName("not")) return comparison();
        tokens.enter();
        var operand = not();
        tokens.leave();
        return new Expression.Not(operand);
    }

    private Expression comparison() {
        var first = sum();
        var rest = new ArrayList<Operand>();
        for (var operator = comparator(); operator.isPresent(); operator = comparator()) rest.add(new Operand(operator.get(), sum()));
        return rest.isEmpty() ? first : new Expression.Comparison(first, rest);
    }

    private Optional<String> comparator() {
        var token = tokens.peek();
        if (token.kind() == Kind.OPERATOR && COMPARISONS.contains(token.text())) return Optional.of(tokens.next().text());
        if (tokens.skipName("in")) return Optional.of("in");
        if (token.isName("not") && tokens.peekAfter().isName("in")) {
            tokens.next();
            tokens.next();
            return Optional.of("not in");
        }
        return Optional.empty();
    }

    private Expression sum() {
        return binary(this::joined, Set.of("+", "-"));
    }

    private Expression joined() {
        var first = product();
        if (!tokens.peek().isOperator("~")) return first;
        var parts = new ArrayList<>(List.of(first));
        while (tokens.skipOperator("~")) parts.add(product());
        return new Expression.Joined(parts);
    }

    private Expression product() {
        return binary(() -> binary(() -> unary(true), Set.of("**")), Set.of("*", "/", "//", "%"));
    }

    private Expression binary(Supplier<Expression> part, Set<String> operators) {
        var left = part.get();
        while (tokens.peek().kind() == Kind.OPERATOR && operators.contains(tokens.peek().text())) {
            left = new Expression.Binary(tokens.next().text(), left, part.get());
        }
        return left;
    }

    private Expression unary(boolean filters) {
        Expression value;
        if (tokens.peek().isOperator("-") || tokens.peek().isOperator("+")) {
            var negative = tokens.next().text().equals("-");
            tokens.enter();
            value = new Expression.Signed(negative, unary(false));
            tokens.leave();
        } else {
            value = primary();
        }
        value = postfix(value);
        return filters ? filtered(value) : value;
    }

    private Expression primary() {
        var token = tokens.peek();
        return switch (token.kind()) {
            case NAME -> name(tokens.next().text());
            case STRING -> {
                var text = new StringBuilder();
                while (tokens.peek().kind() == Kind.STRING) text.append(tokens.next().text());
                yield new Constant(Text.of(text.toString()));
            }
            case INTEGER -> new Constant(integer(tokens.next()));
            case FLOAT -> new Constant(new Value.Real(Double.parseDouble(tokens.next().text())));
            case OPERATOR -> bracket(token);
            default -> throw tokens.unexpected("an expression");
        };
    }

    private Expression name(String name) {
        return switch (name) {
            case "true", "True" -> new Constant(Value.Bool.TRUE);
            case "false", "False" -> new Constant(Value.Bool.FALSE);
            case "none", "None" -> NONE;
            default -> {
                names.read(name);
                yield new Expression.Name(name);
            }
        };
    }

    private static Value integer(Token token) {
        var text = token.text();
        var radix = text.startsWith("0x") ? 16 : text.startsWith("0o") ? 8 : text.startsWith("0b") ? 2 : 10;
        if (radix != 10 && text.length() == 2) throw new SyntaxFault(token.line(), "the number '" + text + "' has no digits");
        return new Value.Int(new BigInteger(radix == 10 ? text : text.substring(2), radix));
    }

    private Expression bracket(Token token) {
        if (tokens.skipOperator("(")) {
            if (tokens.skipOperator(")")) return new Expression.TupleOf(List.of());
            var inner = tuple(true);
            tokens.expectOperator(")");
            return inner;
        }
        if (tokens.skipOperator("[")) {
            var items = new ArrayList<Expression>();
            while (!tokens.skipOperator("]")) {
                if (!items.isEmpty()) tokens.expectOperator(",");
                if (tokens.skipOperator("]")) break;
                items.add(expression());
            }
            return new Expression.ListOf(items);
        }
        if (tokens.skipOperator("{")) return dict();
        throw tokens.unexpected("an expression");
    }

    private Expression dict() {
        List<Expression> keys = new ArrayList<>(), values = new ArrayList<>();
        while (!tokens.skipOperator("}")) {
            if (!keys.isEmpty()) tokens.expectOperator(",");
            if (tokens.skipOperator("}")) break;
            keys.add(expression());
            tokens.expectOperator(":");
            values.add(expression());
        }
        return new Expression.DictOf(keys, values);
    }

    // ---- what follows a value ----

    private Expression postfix(Expression value) {
        var of = value;
        while (true) {
            if (tokens.skipOperator(".")) {
                var token = tokens.next();
                of = switch (token.kind()) {
                    case NAME -> new Expression.Attribute(of, token.text());
                    case INTEGER -> new Expression.Item(of, new Constant(integer(token)));
                    default ->
                        throw new SyntaxFault(token.line(), "there is " + token.shown() + " where the name of an attribute is expected");
                };
            } else if (tokens.skipOperator("[")) {
                of = subscript(of);
            } else if (tokens.peek().isOperator("(")) {
                of = call(of);
            } else {
                return of;
            }
        }
    }

    Expression.Call call(Expression callee) {
        if (callee instanceof Expression.Name name) names.called(name.name(), tokens.line());
        return new Expression.Call(callee, arguments.read());
    }

    private Expression subscript(Expression of) {
        var parts = new ArrayList<Expression>();
        var result = Optional.<Expression>empty();
        do {
            var from = tokens.peek().isOperator(":") ? NONE : expression();
            if (!tokens.skipOperator(":")) {
                parts.add(from);
                continue;
            }
            var to = endsBound() ? NONE : expression();
            var step = tokens.skipOperator(":") && !endsBound() ? expression() : NONE;
            result = Optional.of(new Expression.Slice(of, from, to, step));
        } while (result.isEmpty() && tokens.skipOperator(","));
        tokens.expectOperator("]");
        if (result.isPresent() && !parts.isEmpty()) throw new SyntaxFault(tokens.line(), "a slice is mixed with other indices");
        return result.orElseGet(() -> new Expression.Item(of, parts.size() == 1 ? parts.getFirst() : new Expression.TupleOf(parts)));
    }

    private boolean endsBound() {
        return tokens.peek().isOperator(":") || tokens.peek().isOperator("]") || tokens.peek().isOperator(",");
    }

    // ---- filters and tests ----

    private Expression filtered(Expression value) {
        var of = value;
        while (true) {
            if (tokens.skipOperator("|")) of = filter(of);
            else if (tokens.skipName("is")) of = test(of);
            else if (tokens.peek().isOperator("(")) of = call(of);
            else return of;
        }
    }

    /** A filter without its bar. */
    Expression filter(Expression input) {
        var line = tokens.line();
        var name = tokens.expectAnyName();
        if (!Filters.isKnown(name)) names.missing("filter", name, line);
        return new Expression.Filter(input, name, tokens.peek().isOperator("(") ? arguments.read() : Given.NONE);
    }

    private Expression test(Expression input) {
        var negated = tokens.skipName("not");
        var line = tokens.line();
        var name = tokens.expectAnyName();
        if (!Tests.isKnown(name)) names.missing("test", name, line);
        if ((name.equals("defined") || name.equals("undefined")) && input instanceof Expression.Name asked) names.guarded(asked.name());
        var given = Given.NONE;
        if (tokens.peek().isOperator("(")) given = arguments.read();
        else if (takesArgument(tokens.peek()))
            given = new Given(List.of(postfix(primary())), List.of(), Optional.empty(), Optional.empty());
        Expression test = new Expression.Test(input, name, given);
        return negated ? new Expression.Not(test) : test;
    }

    private boolean takesArgument(Token token) {
        return switch (token.kind()) {
            case NAME -> {
                if (token.text().equals("is")) throw new SyntaxFault(token.line(), "a test follows a test; join them by 'and'");
                yield !Set.of("else", "or", "and", "if", "in", "not").contains(token.text());
            }
            case STRING, INTEGER, FLOAT -> true;
            case OPERATOR -> token.isOperator("[") || token.isOperator("{");
            default -> false;
        };
    }
}
