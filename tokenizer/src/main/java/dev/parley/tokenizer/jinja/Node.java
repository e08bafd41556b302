package dev.parley.tokenizer.jinja;

import java.util.List;
import java.util.Optional;

/** What a template is made of: statements, and the expressions in them. */
sealed interface Node {

    // ---- statements ----

    record Text(String text) implements Node {}

    record Print(Node value) implements Node {}

    record If(Node condition, List<Node> then, List<Node> otherwise) implements Node {}

    /** @param filter keeps an element, where there is one */
    record For(List<String> names, Node over, Optional<Node> filter, List<Node> body, List<Node> otherwise) implements Node {}

    /** @param target a {@link Name}, an {@link Attribute} of a namespace, or a {@link ListOf} of names */
    record Assign(Node target, Node value) implements Node {}

    record AssignBlock(Node target, List<FilterCall> filters, List<Node> body) implements Node {}

    record Macro(String name, List<String> parameters, List<Optional<Node>> defaults, List<Node> body) implements Node {}

    record CallBlock(Macro caller, Node call) implements Node {}

    record FilterBlock(List<FilterCall> filters, List<Node> body) implements Node {}

    /** What the assistant says. */
    record Generation(List<Node> body) implements Node {}

    record With(List<String> names, List<Node> values, List<Node> body) implements Node {}

    record Break() implements Node {}

    record Continue() implements Node {}

    // ---- expressions ----

    record Literal(Object value) implements Node {}

    record Name(String name, int line) implements Node {}

    /** @param tuple which prints otherwise than a list, and is the same in all else */
    record ListOf(List<Node> items, boolean tuple) implements Node {}

    record DictOf(List<Node> keys, List<Node> values) implements Node {}

    record Attribute(Node of, String name, int line) implements Node {}

    record Item(Node of, Node key, int line) implements Node {}

    record Slice(Node of, Optional<Node> from, Optional<Node> to, Optional<Node> step, int line) implements Node {}

    record Call(Node function, Arguments arguments, int line) implements Node {}

    record FilterOf(Node value, FilterCall filter) implements Node {}

    record TestOf(Node value, String test, Arguments arguments, boolean negated, int line) implements Node {}

    record Not(Node value) implements Node {}

    record And(Node left, Node right) implements Node {}

    record Or(Node left, Node right) implements Node {}

    record Unary(String operator, Node value, int line) implements Node {}

    record Binary(String operator, Node left, Node right, int line) implements Node {}

    /** a &lt; b &lt;= c: each operator between its neighbours. */
    record Compare(Node first, List<String> operators, List<Node> others, int line) implements Node {}

    record Conditional(Node condition, Node then, Optional<Node> otherwise) implements Node {}

    // ---- parts ----

    /** What a function, a filter or a test is called with. */
    record Arguments(List<Node> positional, List<String> names, List<Node> named) {

        static final Arguments NONE = new Arguments(List.of(), List.of(), List.of());
    }

    record FilterCall(String name, Arguments arguments, int line) {}
}
