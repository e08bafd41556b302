package dev.parley.jinja;

import java.util.List;
import java.util.Optional;

/** The tree of an expression. */
sealed interface Expression {

    record Constant(Value value) implements Expression {}

    record Name(String name) implements Expression {}

    record ListOf(List<Expression> items) implements Expression {}

    record TupleOf(List<Expression> items) implements Expression {}

    record DictOf(List<Expression> keys, List<Expression> values) implements Expression {}

    record Attribute(Expression of, String name) implements Expression {}

    record Item(Expression of, Expression key) implements Expression {}

    record Slice(Expression of, Expression from, Expression to, Expression step) implements Expression {}

    record Call(Expression callee, Given arguments) implements Expression {}

    record Filter(Expression input, String name, Given arguments) implements Expression {}

    record Test(Expression input, String name, Given arguments) implements Expression {}

    record Binary(String operator, Expression left, Expression right) implements Expression {}

    record And(Expression left, Expression right) implements Expression {}

    record Or(Expression left, Expression right) implements Expression {}

    record Not(Expression operand) implements Expression {}

    record Signed(boolean negative, Expression operand) implements Expression {}

    /** The operator {@code ~}. */
    record Joined(List<Expression> parts) implements Expression {}

    /** A chain such as {@code a < b <= c}: each operand is compared with the one before. */
    record Comparison(Expression first, List<Operand> rest) implements Expression {

        record Operand(String operator, Expression value) {}
    }

    record Conditional(Expression test, Expression then, Optional<Expression> otherwise) implements Expression {}

    /** What a filter block or a block set filters: the text of its body. */
    record Body() implements Expression {}

    /** Arguments as they are written. */
    record Given(List<Expression> positional, List<Named> named, Optional<Expression> spread, Optional<Expression> spreadNamed) {

        static final Given NONE = new Given(List.of(), List.of(), Optional.empty(), Optional.empty());

        record Named(String name, Expression value) {}
    }
}
