package dev.parley.jinja;

import java.util.List;
import java.util.Optional;

/** The tree of a template's blocks. Lines count from 1. */
sealed interface Statement {

    /** Text as it stands. */
    record Data(Text text) implements Statement {}

    record Print(Expression value, int line) implements Statement {}

    record If(List<Branch> branches, List<Statement> otherwise) implements Statement {

        record Branch(Expression test, List<Statement> body, int line) {}
    }

    record For(Target target, Expression over, Optional<Expression> filter, List<Statement> body, List<Statement> otherwise, int line)
            implements Statement {}

    record Set(Target target, Expression value, int line) implements Statement {}

    /** A set whose value is the text of its body, filtered. */
    record SetBlock(Target target, Expression value, List<Statement> body, int line) implements Statement {}

    /** A macro, or what a call block hands over under the name {@code caller}. */
    record Macro(String name, List<Parameter> parameters, Takes takes, List<Statement> body, int line) implements Statement {

        record Parameter(String name, Optional<Expression> otherwise) {}

        /** What it takes beyond its parameters, which is what its body reads. */
        record Takes(boolean more, boolean moreNamed, boolean caller) {}
    }

    record CallBlock(Macro caller, Expression.Call call, int line) implements Statement {}

    record FilterBlock(Expression value, List<Statement> body, int line) implements Statement {}

    record With(List<Set> names, List<Statement> body, int line) implements Statement {}

    /** What the model is to say; the rendering tells where it stands. */
    record Generation(List<Statement> body) implements Statement {}

    record Break() implements Statement {}

    record Continue() implements Statement {}

    /** What is given a value. */
    sealed interface Target {

        record Name(String name) implements Target {}

        /** An attribute of a namespace. */
        record Attribute(String namespace, String name) implements Target {}

        record Tuple(List<Target> targets) implements Target {}
    }
}
