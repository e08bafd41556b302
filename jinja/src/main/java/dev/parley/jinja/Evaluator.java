package dev.parley.jinja;

import dev.parley.jinja.Expression.Given;
import dev.parley.jinja.Value.Dict;
import dev.parley.jinja.Value.Function;
import dev.parley.jinja.Value.Undefined;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/** Finds the values of expressions. */
final class Evaluator {

    private final Budget budget;
    private final Python python;
    private final Printer printer;
    private final Operators operators;
    private final Access access;
    private Text body = Text.EMPTY; // what a filter block or block set is about to filter

    Evaluator(Budget budget) {
        this.budget = budget;
        python = new Python(budget);
        printer = new Printer(budget);
        operators = new Operators(budget);
        access = new Access(budget);
    }

    Budget budget() {
        return budget;
    }

    Python python() {
        return python;
    }

    Printer printer() {
        return printer;
    }

    Access access() {
        return access;
    }

    Operators operators() {
        return operators;
    }

    boolean truth(Expression expression, Scope scope) {
        return python.truth(value(expression, scope));
    }

    /** The value of an expression in which {@link Expression.Body} stands for a text. */
    Value filtered(Text text, Expression expression, Scope scope) {
        var before = body;
        body = text;
        var value = value(expression, scope);
        body = before;
        return value;
    }

    Value value(Expression expression, Scope scope) {
        budget.enter();
        var value = find(expression, scope);
        budget.leave();
        return value;
    }

    private Value find(Expression expression, Scope scope) {
        return switch (expression) {
            case Expression.Constant e -> e.value();
            case Expression.Name e -> scope.get(e.name());
            case Expression.Body e -> body;
            case Expression.ListOf e -> Value.list(values(e.items(), scope));
            case Expression.TupleOf e -> Value.Seq.of(Value.Seq.Kind.TUPLE, values(e.items(), scope));
            case Expression.DictOf e -> dict(e, scope);
            case Expression.Attribute e -> access.attribute(value(e.of(), scope), e.name());
            case Expression.Item e -> access.item(value(e.of(), scope), value(e.key(), scope));
            case Expression.Slice e ->
                access.slice(value(e.of(), scope), value(e.from(), scope), value(e.to(), scope), value(e.step(), scope));
            case Expression.Call e -> call(value(e.callee(), scope), arguments(e.arguments(), scope));
            case Expression.Filter e -> filter(e.name(), value(e.input(), scope), arguments(e.arguments(), scope));
            case Expression.Test e -> Value.of(test(e.name(), value(e.input(), scope), arguments(e.arguments(), scope)));
            case Expression.Binary e -> operators.binary(e.operator(), value(e.left(), scope), value(e.right(), scope));
            case Expression.And e -> {
                var left = value(e.left(), scope);
                yield python.truth(left) ? value(e.right(), scope) : left;
            }
            case Expression.Or e -> {
                var left = value(e.left(), scope);
                yield python.truth(left) ? left : value(e.right(), scope);
            }
            case Expression.Not e -> Value.of(!truth(e.operand(), scope));
            case Expression.Signed e ->
                e.negative() ? operators.negated(value(e.operand(), scope)) : operators.positive(value(e.operand(), scope));
            case Expression.Joined e -> operators.joined(values(e.parts(), scope));
            case Expression.Comparison e -> compare(e, scope);
            case Expression.Conditional e -> {
                if (truth(e.test(), scope)) yield value(e.then(), scope);
                yield e.otherwise().isPresent() ? value(e.otherwise().get(), scope)
                        : new Undefined("the condition does not hold and there is no else");
            }
        };
    }

    private List<Value> values(List<Expression> expressions, Scope scope) {
        var values = new ArrayList<Value>(expressions.size());
        for (var expression : expressions) values.add(value(expression, scope));
        return values;
    }

    private Value dict(Expression.DictOf dict, Scope scope) {
        var entries = new ArrayList<Dict.Entry>();
        for (int i = 0; i < dict.keys().size(); i++)
            entries.add(new Dict.Entry(value(dict.keys().get(i), scope), value(dict.values().get(i), scope)));
        return Dict.of(entries);
    }

    private Value compare(Expression.Comparison comparison, Scope scope) {
        var left = value(comparison.first(), scope);
        for (var operand : comparison.rest()) {
            var right = value(operand.value(), scope);
            if (!operators.compare(operand.operator(), left, right)) return Value.Bool.FALSE;
            left = right;
        }
        return Value.Bool.TRUE;
    }

    // ---- calls ----

    Arguments arguments(Given given, Scope scope) {
        if (given == Given.NONE) return Arguments.NONE;
        var positional = values(given.positional(), scope);
        given.spread().ifPresent(s -> positional.addAll(python.elements(value(s, scope))));
        var named = new LinkedHashMap<String, Value>();
        for (var argument : given.named()) named.put(argument.name(), value(argument.value(), scope));
        given.spreadNamed().ifPresent(s -> {
            if (!(value(s, scope) instanceof Dict dict)) throw new Fault("'**' spreads a map only");
            for (var entry : dict.entries().values()) named.put(ownName(entry.key()), entry.value());
        });
        budget.makeList(positional.size());
        return new Arguments(positional, named);
    }

    /** A name out of the template's own mouth: one that a message gave would lose its source on the way. */
    private static String ownName(Value key) {
        if (key instanceof Text text && text.source() == Source.TEMPLATE) return text.chars();
        throw new Fault("'**' spreads a map with names of the template's own only");
    }

    Value call(Value callee, Arguments arguments) {
        budget.enter();
        var value = switch (callee) {
            case Function f -> f.body().call(arguments);
            case Undefined u -> throw Python.undefined(u);
            default -> throw new Fault("a " + callee.type() + " cannot be called");
        };
        budget.leave();
        return value;
    }

    Value filter(String name, Value input, Arguments arguments) {
        budget.step();
        return Filters.of(name).apply(this, input, arguments);
    }

    boolean test(String name, Value input, Arguments arguments) {
        budget.step();
        return Tests.of(name).holds(this, input, arguments);
    }
}
