package dev.parley.tokenizer.jinja;

import dev.parley.tokenizer.jinja.Lexer.Kind;
import dev.parley.tokenizer.jinja.Node.Arguments;
import dev.parley.tokenizer.jinja.Node.FilterCall;
import dev.parley.tokenizer.jinja.Parser.Tokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Makes the tokens of an expression a tree, by Jinja's precedences. Filters and tests must be known. */
final class ExpressionParser {

    private static final int DEEPEST = 100;
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
    private static final Set<String> NO_ARGUMENT = Set.of("else", "or", "and", "is", "if", "in", "not", "recursive");

    private final Tokens tokens;
    private int depth;

    ExpressionParser(Tokens tokens) {
        this.tokens = tokens;
    }

    /** Several with commas between are a list. */
    Node tuple() {
        var first = expression();
        if (!tokens.at(Kind.OPERATOR, ",")) return first;
        var items = new ArrayList<>(List.of(first));
        while (tokens.accept(Kind.OPERATOR, ",") && !tokens.at(Kind.OPERATOR, ")") && !tokens.at(Kind.BLOCK_END) && !tokens.at(Kind.VARIABLE_END)) {
            items.add(expression());
        }
        return new Node.ListOf(items, true);
    }

    Node expression() {
        if (++depth > DEEPEST) throw tokens.fault("an expression is nested deeper than " + DEEPEST);
        var value = or();
        while (tokens.accept(Kind.NAME, "if")) {
            var condition = or();
            value = new Node.Conditional(condition, value, tokens.accept(Kind.NAME, "else") ? Optional.of(expression()) : Optional.empty());
        }
        depth--;
        return value;
    }

    /** What a loop runs over: an "if" after it is the loop's. */
    Node withoutConditional() {
        var first = or();
        if (!tokens.at(Kind.OPERATOR, ",")) return first;
        var items = new ArrayList<>(List.of(first));
        while (tokens.accept(Kind.OPERATOR, ",")) items.add(or());
        return new Node.ListOf(items, true);
    }

    private Node or() {
        var left = and();
        while (tokens.accept(Kind.NAME, "or")) left = new Node.Or(left, and());
        return left;
    }

    private Node and() {
        var left = not();
        while (tokens.accept(Kind.NAME, "and")) left = new Node.And(left, not());
        return left;
    }

    private Node not() {
        if (!tokens.accept(Kind.NAME, "not")) return comparison();
        if (++depth > DEEPEST) throw tokens.fault("an expression is nested deeper than " + DEEPEST);
        var value = new Node.Not(not());
        depth--;
        return value;
    }

    private Node comparison() {
        var line = tokens.peek().line();
        var first = sum();
        var operators = new ArrayList<String>();
        var others = new ArrayList<Node>();
        while (true) {
            if (tokens.at(Kind.OPERATOR) && COMPARISONS.contains(tokens.peek().text())) {
                operators.add(tokens.take().text());
            } else if (tokens.accept(Kind.NAME, "in")) {
                operators.add("in");
            } else if (tokens.at(Kind.NAME, "not")) {
                tokens.take();
                tokens.expect(Kind.NAME, "in");
                operators.add("not in");
            } else {
                return operators.isEmpty() ? first : new Node.Compare(first, operators, others, line);
            }
            others.add(sum());
        }
    }

    private Node sum() {
        var left = concatenation();
        while (tokens.at(Kind.OPERATOR, "+") || tokens.at(Kind.OPERATOR, "-")) {
            var operator = tokens.take();
            left = new Node.Binary(operator.text(), left, concatenation(), operator.line());
        }
        return left;
    }

    private Node concatenation() {
        var left = product();
        while (tokens.at(Kind.OPERATOR, "~")) {
            var operator = tokens.take();
            left = new Node.Binary("~", left, product(), operator.line());
        }
        return left;
    }

    private Node product() {
        var left = power();
        while (tokens.at(Kind.OPERATOR) && Set.of("*", "/", "//", "%").contains(tokens.peek().text())) {
            var operator = tokens.take();
            left = new Node.Binary(operator.text(), left, power(), operator.line());
        }
        return left;
    }

    private Node power() {
        var left = unary(true);
        while (tokens.at(Kind.OPERATOR, "**")) {
            var operator = tokens.take();
            left = new Node.Binary("**", left, unary(true), operator.line());
        }
        return left;
    }

    private Node unary(boolean withFilters) {
        if (++depth > DEEPEST) throw tokens.fault("an expression is nested deeper than " + DEEPEST);
        Node value;
        if (tokens.at(Kind.OPERATOR, "-") || tokens.at(Kind.OPERATOR, "+")) {
            var operator = tokens.take();
            value = new Node.Unary(operator.text(), unary(false), operator.line());
        } else {
            value = postfix(primary());
        }
        if (withFilters) value = filtersAndTests(value);
        depth--;
        return value;
    }

    private Node primary() {
        var token = tokens.take();
        return switch (token.kind()) {
            case NAME -> switch (token.text()) {
                case "true", "True" -> new Node.Literal(true);
                case "false", "False" -> new Node.Literal(false);
                case "none", "None" -> new Node.Literal(null);
                default -> new Node.Name(token.text(), token.line());
            };
            case STRING -> {
                var text = new StringBuilder(token.text());
                while (tokens.at(Kind.STRING)) text.append(tokens.take().text());
                yield new Node.Literal(text.toString());
            }
            case INTEGER -> new Node.Literal(whole(token.text()));
            case FLOAT -> new Node.Literal(Double.parseDouble(token.text()));
            case OPERATOR -> bracket(token.text());
            default -> throw tokens.fault("an expression is missing before \"" + token.text() + "\"");
        };
    }

    private Object whole(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw tokens.fault("the number " + text + " is too large");
        }
    }

    private Node bracket(String open) {
        switch (open) {
            case "(" -> {
                if (tokens.accept(Kind.OPERATOR, ")")) return new Node.ListOf(List.of(), true);
                var inner = tuple();
                tokens.expect(Kind.OPERATOR, ")");
                return inner;
            }
            case "[" -> {
                var items = new ArrayList<Node>();
                while (!tokens.accept(Kind.OPERATOR, "]")) {
                    items.add(expression());
                    if (!tokens.at(Kind.OPERATOR, "]")) tokens.expect(Kind.OPERATOR, ",");
                }
                return new Node.ListOf(items, false);
            }
            case "{" -> {
                var keys = new ArrayList<Node>();
                var values = new ArrayList<Node>();
                while (!tokens.accept(Kind.OPERATOR, "}")) {
                    keys.add(expression());
                    tokens.expect(Kind.OPERATOR, ":");
                    values.add(expression());
                    if (!tokens.at(Kind.OPERATOR, "}")) tokens.expect(Kind.OPERATOR, ",");
                }
                return new Node.DictOf(keys, values);
            }
            default -> throw tokens.fault("an expression cannot begin with \"" + open + "\"");
        }
    }

    private Node postfix(Node value) {
        while (true) {
            var line = tokens.peek().line();
            if (tokens.accept(Kind.OPERATOR, ".")) {
                value = tokens.at(Kind.INTEGER) ? new Node.Item(value, new Node.Literal(whole(tokens.take().text())), line)
                        : new Node.Attribute(value, tokens.name(), line);
            } else if (tokens.accept(Kind.OPERATOR, "[")) {
                value = subscript(value, line);
            } else if (tokens.at(Kind.OPERATOR, "(")) {
                value = new Node.Call(value, arguments(), line);
            } else {
                return value;
            }
        }
    }

    private Node subscript(Node value, int line) {
        Optional<Node> from = tokens.at(Kind.OPERATOR, ":") ? Optional.empty() : Optional.of(tuple());
        if (tokens.accept(Kind.OPERATOR, "]")) return new Node.Item(value, from.orElseThrow(() -> tokens.fault("a subscript is empty")), line);
        tokens.expect(Kind.OPERATOR, ":");
        var to = bound();
        Optional<Node> step = tokens.accept(Kind.OPERATOR, ":") ? bound() : Optional.empty();
        tokens.expect(Kind.OPERATOR, "]");
        return new Node.Slice(value, from, to, step, line);
    }

    private Optional<Node> bound() {
        return tokens.at(Kind.OPERATOR, ":") || tokens.at(Kind.OPERATOR, "]") ? Optional.empty() : Optional.of(expression());
    }

    private Arguments arguments() {
        tokens.expect(Kind.OPERATOR, "(");
        var positional = new ArrayList<Node>();
        var names = new ArrayList<String>();
        var named = new ArrayList<Node>();
        while (!tokens.accept(Kind.OPERATOR, ")")) {
            var value = expression();
            if (value instanceof Node.Name name && tokens.accept(Kind.OPERATOR, "=")) {
                names.add(name.name());
                named.add(expression());
            } else {
                if (!names.isEmpty()) throw tokens.fault("an argument without a name follows one with a name");
                positional.add(value);
            }
            if (!tokens.at(Kind.OPERATOR, ")")) tokens.expect(Kind.OPERATOR, ",");
        }
        return new Arguments(positional, names, named);
    }

    private Node filtersAndTests(Node value) {
        while (true) {
            if (tokens.accept(Kind.OPERATOR, "|")) {
                value = new Node.FilterOf(value, filter());
            } else if (tokens.at(Kind.NAME, "is")) {
                value = test(value);
            } else if (tokens.at(Kind.OPERATOR, "(")) {
                value = new Node.Call(value, arguments(), tokens.peek().line());
            } else {
                return value;
            }
        }
    }

    /** After a bar. */
    FilterCall filter() {
        var line = tokens.peek().line();
        var name = tokens.name();
        if (!Filters.known(name)) throw tokens.fault("the filter \"" + name + "\" is not known");
        return new FilterCall(name, tokens.at(Kind.OPERATOR, "(") ? arguments() : Arguments.NONE, line);
    }

    private Node test(Node value) {
        var line = tokens.take().line();
        var negated = tokens.accept(Kind.NAME, "not");
        var name = tokens.name();
        if (!Tests.known(name)) throw tokens.fault("the test \"" + name + "\" is not known");
        var arguments = Arguments.NONE;
        if (tokens.at(Kind.OPERATOR, "(")) {
            arguments = arguments();
        } else if (tokens.at(Kind.NAME) && !NO_ARGUMENT.contains(tokens.peek().text()) || tokens.at(Kind.STRING) || tokens.at(Kind.INTEGER)
                || tokens.at(Kind.FLOAT) || tokens.at(Kind.OPERATOR, "[") || tokens.at(Kind.OPERATOR, "{")) {
            arguments = new Arguments(List.of(postfix(primary())), List.of(), List.of());
        }
        return new Node.TestOf(value, name, arguments, negated, line);
    }
}
