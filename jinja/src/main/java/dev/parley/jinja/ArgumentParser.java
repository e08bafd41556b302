package dev.parley.jinja;

import dev.parley.jinja.Expression.Given;
import dev.parley.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.Optional;
import java.util.function.Supplier;

/** Reads the arguments of a call, a filter or a test, parentheses included. */
final class ArgumentParser {

    private final TokenReader tokens;
    private final Supplier<Expression> expression;

    ArgumentParser(TokenReader tokens, Supplier<Expression> expression) {
        this.tokens = tokens;
        this.expression = expression;
    }

    Given read() {
        tokens.expectOperator("(");
        var positional = new ArrayList<Expression>();
        var named = new ArrayList<Given.Named>();
        Optional<Expression> spread = Optional.empty(), spreadNamed = Optional.empty();
        for (var first = true; !tokens.skipOperator(")"); first = false) {
            if (!first) tokens.expectOperator(",");
            if (tokens.skipOperator(")")) break;
            if (tokens.skipOperator("*")) {
                spread = Optional.of(expression.get());
            } else if (tokens.skipOperator("**")) {
                spreadNamed = Optional.of(expression.get());
            } else if (tokens.peek().kind() == Kind.NAME && tokens.peekAfter().isOperator("=")) {
                var name = tokens.next().text();
                tokens.next();
                named.add(new Given.Named(name, expression.get()));
            } else {
                if (!named.isEmpty()) throw new SyntaxFault(tokens.line(), "an argument without a name follows one with a name");
                positional.add(expression.get());
            }
        }
        return new Given(positional, named, spread, spreadNamed);
    }
}
