package dev.parley.jinja;

import dev.parley.jinja.Statement.Target;
import dev.parley.jinja.Value.Dict;
import dev.parley.jinja.Value.Function;
import dev.parley.jinja.Value.Seq;
import dev.parley.jinja.Value.Undefined;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs the blocks of a template and writes what they say. */
final class Renderer {

    /** How a block ends: it goes on, or a loop is left or begun anew. */
    private enum Flow { ON, BREAK, CONTINUE }

    private final Budget budget;
    private final Evaluator evaluator;
    private TextBuilder out;
    private int line = 1;

    Renderer(Budget budget) {
        this.budget = budget;
        evaluator = new Evaluator(budget);
        out = new TextBuilder(budget);
    }

    /** The line of the block that is run. */
    int line() {
        return line;
    }

    Evaluator evaluator() {
        return evaluator;
    }

    Text render(List<Statement> template, Scope scope) {
        run(template, scope);
        return out.build();
    }

    private Flow run(List<Statement> statements, Scope scope) {
        budget.enter();
        for (var statement : statements) {
            budget.step();
            var flow = run(statement, scope);
            if (flow != Flow.ON) {
                budget.leave();
                return flow;
            }
        }
        budget.leave();
        return Flow.ON;
    }

    private Flow run(Statement statement, Scope scope) {
        switch (statement) {
            case Statement.Data s -> out.add(s.text());
            case Statement.Print s -> {
                line = s.line();
                out.add(evaluator.printer().string(evaluator.value(s.value(), scope)));
            }
            case Statement.Set s -> {
                line = s.line();
                assign(s.target(), evaluator.value(s.value(), scope), scope);
            }
            case Statement.SetBlock s -> {
                line = s.line();
                assign(s.target(), evaluator.filtered(written(s.body(), scope.inside()), s.value(), scope), scope);
            }
            case Statement.FilterBlock s -> {
                line = s.line();
                out.add(evaluator.printer().string(evaluator.filtered(written(s.body(), scope.inside()), s.value(), scope)));
            }
            case Statement.Generation s -> out.add(written(s.body(), scope.inside()).generated());
            case Statement.Macro s -> scope.set(s.name(), macro(s, scope));
            case Statement.CallBlock s -> {
                line = s.line();
                out.add(evaluator.printer().string(callBlock(s, scope)));
            }
            case Statement.With s -> {
                var inside = scope.inside();
                for (var given : s.names()) assign(given.target(), evaluator.value(given.value(), scope), inside);
                return run(s.body(), inside);
            }
            case Statement.If s -> {
                return conditional(s, scope);
            }
            case Statement.For s -> {
                return loop(s, scope);
            }
            case Statement.Break s -> {
                return Flow.BREAK;
            }
            case Statement.Continue s -> {
                return Flow.CONTINUE;
            }
        }
        return Flow.ON;
    }

    /** What a body writes, kept back. */
    private Text written(List<Statement> body, Scope scope) {
        var outside = out;
        out = new TextBuilder(budget);
        run(body, scope);
        var text = out.build();
        out = outside;
        return text;
    }

    private Flow conditional(Statement.If conditional, Scope scope) {
        for (var branch : conditional.branches()) {
            line = branch.line();
            if (evaluator.truth(branch.test(), scope)) return run(branch.body(), scope);
        }
        return run(conditional.otherwise(), scope);
    }

    private Flow loop(Statement.For loop, Scope scope) {
        line = loop.line();
        var items = evaluator.python().elements(evaluator.value(loop.over(), scope));
        if (loop.filter().isPresent()) items = chosen(loop, items, scope);
        if (items.isEmpty()) return run(loop.otherwise(), scope.inside());
        var state = new Loop(items, evaluator.python());
        for (int i = 0; i < items.size(); i++) {
            budget.step();
            state.moveTo(i);
            var inside = scope.inside();
            inside.set("loop", state);
            line = loop.line();
            assign(loop.target(), items.get(i), inside);
            if (run(loop.body(), inside) == Flow.BREAK) break;
        }
        return Flow.ON;
    }

    private List<Value> chosen(Statement.For loop, List<Value> items, Scope scope) {
        var chosen = new ArrayList<Value>();
        for (var item : items) {
            var inside = scope.inside();
            assign(loop.target(), item, inside);
            if (evaluator.truth(loop.filter().orElseThrow(), inside)) chosen.add(item);
        }
        return chosen;
    }

    private void assign(Target target, Value value, Scope scope) {
        switch (target) {
            case Target.Name t -> scope.set(t.name(), value);
            case Target.Attribute t -> {
                if (!(scope.get(t.namespace()) instanceof Value.Namespace namespace)) {
                    throw new Fault(
                            "'" + t.namespace() + "." + t.name() + "' cannot be set, since '" + t.namespace() + "' is no namespace");
                }
                namespace.names().put(t.name(), value);
            }
            case Target.Tuple t -> {
                if (value instanceof Undefined u) throw Python.undefined(u);
                var items = evaluator.python().elements(value);
                if (items.size() != t.targets().size()) {
                    throw new Fault(items.size() + " values cannot be given to " + t.targets().size() + " names");
                }
                for (int i = 0; i < items.size(); i++) assign(t.targets().get(i), items.get(i), scope);
            }
        }
    }

    // ---- macros ----

    private Function macro(Statement.Macro macro, Scope around) {
        return new Function(macro.name(), arguments -> {
            var inside = around.inside();
            take(macro, arguments, inside);
            var before = line;
            var text = written(macro.body(), inside);
            line = before;
            return text;
        });
    }

    private Value callBlock(Statement.CallBlock block, Scope scope) {
        var callee = evaluator.value(block.call().callee(), scope);
        var arguments = evaluator.arguments(block.call().arguments(), scope);
        var named = new LinkedHashMap<>(arguments.named());
        named.put("caller", macro(block.caller(), scope));
        return evaluator.call(callee, new Arguments(arguments.positional(), named));
    }

    private void take(Statement.Macro macro, Arguments arguments, Scope inside) {
        var parameters = macro.parameters();
        var named = new LinkedHashMap<>(arguments.named());
        if (macro.takes().caller()) inside.set("caller", orUndefined(named, "caller"));
        for (int i = 0; i < parameters.size(); i++) {
            var name = parameters.get(i).name();
            var byName = named.remove(name);
            if (i < arguments.positional().size()) {
                if (byName != null) throw new Fault("the macro " + macro.name() + " is given " + name + " twice");
                inside.set(name, arguments.positional().get(i));
            } else if (byName != null) {
                inside.set(name, byName);
            } else {
                var otherwise = parameters.get(i).otherwise();
                inside.set(name, otherwise.isPresent() ? evaluator.value(otherwise.get(), inside)
                        : new Undefined("'" + name + "' is not given to the macro " + macro.name()));
            }
        }
        var more = arguments.from(parameters.size()).positional();
        if (macro.takes().more()) inside.set("varargs", Seq.of(Seq.Kind.TUPLE, more));
        else if (!more.isEmpty()) throw new Fault("the macro " + macro.name() + " takes at most " + parameters.size()
                + " arguments, and is given " + arguments.positional().size());
        if (macro.takes().moreNamed()) inside.set("kwargs", dict(named));
        else if (!named.isEmpty()) throw new Fault("the macro " + macro.name() + " takes no argument named " + named.firstEntry().getKey());
    }

    private static Value orUndefined(Map<String, Value> named, String name) {
        var value = named.remove(name);
        return value == null ? new Undefined("no '" + name + "' is given") : value;
    }

    private static Value dict(Map<String, Value> named) {
        return Dict.of(named.entrySet().stream().map(e -> new Dict.Entry(Text.of(e.getKey()), e.getValue())).toList());
    }
}
