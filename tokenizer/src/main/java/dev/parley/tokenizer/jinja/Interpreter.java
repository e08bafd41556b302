package dev.parley.tokenizer.jinja;

import dev.parley.tokenizer.jinja.Node.Arguments;
import dev.parley.tokenizer.jinja.Node.FilterCall;
import dev.parley.tokenizer.jinja.Template.Span;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs a template once. What it may do is bounded: steps, depth of calls, sizes of texts and lists. */
final class Interpreter {

    static final int LONGEST_TEXT = 16 << 20;
    static final int LONGEST_LIST = 1_000_000;
    private static final int MOST_STEPS = 5_000_000;
    private static final int DEEPEST_CALLS = 60;

    private final String where;
    private final List<Span> generated = new ArrayList<>();
    private final StringBuilder main = new StringBuilder();
    private StringBuilder out = main;
    private Scope scope;
    private int steps;
    private int calls;

    /** How a body ended. */
    private enum Flow { ON, BREAK, CONTINUE }

    /** Names and values, seen by what stands inside. */
    private record Scope(Scope outer, Map<String, Object> values) {

        Object get(String name) {
            for (var s = this; s != null; s = s.outer) {
                if (s.values.containsKey(name)) return s.values.get(name);
            }
            return new Undefined(name);
        }
    }

    Interpreter(String where, Map<String, Object> globals) {
        this.where = where;
        scope = new Scope(new Scope(null, globals), new HashMap<>());
    }

    Template.Rendered run(List<Node> nodes) {
        body(nodes);
        return new Template.Rendered(out.toString(), List.copyOf(generated));
    }

    private TemplateException fault(int line, String message) {
        return new TemplateException(where + ", line " + line + ": " + message);
    }

    private void step() {
        if (++steps > MOST_STEPS) throw new TemplateException(where + ": the template takes more than " + MOST_STEPS + " steps.");
    }

    private void print(String text) {
        if (out.length() + text.length() > LONGEST_TEXT) throw new TemplateException(where + ": the output grows beyond " + LONGEST_TEXT + " characters.");
        out.append(text);
    }

    // ---- statements ----

    private Flow body(List<Node> nodes) {
        for (var node : nodes) {
            var flow = run(node);
            if (flow != Flow.ON) return flow;
        }
        return Flow.ON;
    }

    private Flow run(Node node) {
        step();
        switch (node) {
            case Node.Text text -> print(text.text());
            case Node.Print print -> print(Values.text(value(print.value())));
            case Node.If choice -> {
                return body(Values.truth(value(choice.condition())) ? choice.then() : choice.otherwise());
            }
            case Node.For loop -> {
                return loop(loop);
            }
            case Node.Assign assign -> assign(assign.target(), value(assign.value()));
            case Node.AssignBlock block -> assign(block.target(), filtered(block.filters(), captured(block.body())));
            case Node.Macro macro -> scope.values.put(macro.name(), macro(macro, Optional.empty()));
            case Node.CallBlock block -> print(Values.text(call((Node.Call) block.call(), Optional.of(macro(block.caller(), Optional.empty())))));
            case Node.FilterBlock block -> print(Values.text(filtered(block.filters(), captured(block.body()))));
            case Node.Generation block -> {
                var start = out.length();
                body(block.body());
                if (out == main) generated.add(new Span(start, out.length()));
            }
            case Node.With with -> with(with);
            case Node.Break _ -> {
                return Flow.BREAK;
            }
            case Node.Continue _ -> {
                return Flow.CONTINUE;
            }
            default -> throw new IllegalStateException(node.toString());
        }
        return Flow.ON;
    }

    private void with(Node.With with) {
        var values = new HashMap<String, Object>();
        for (int i = 0; i < with.names().size(); i++) values.put(with.names().get(i), value(with.values().get(i)));
        var outer = scope;
        scope = new Scope(outer, values);
        body(with.body());
        scope = outer;
    }

    private String captured(List<Node> body) {
        var outer = out;
        out = new StringBuilder();
        body(body);
        var text = out.toString();
        out = outer;
        return text;
    }

    private Object filtered(List<FilterCall> filters, Object value) {
        for (var filter : filters) value = filter(filter, value);
        return value;
    }

    private void assign(Node target, Object value) {
        switch (target) {
            case Node.Name name -> scope.values.put(name.name(), value);
            case Node.Attribute attribute -> {
                if (!(value(attribute.of()) instanceof Namespace namespace)) throw fault(attribute.line(), "only a namespace's attributes can be set.");
                namespace.values().put(attribute.name(), value);
            }
            case Node.ListOf names -> {
                var items = Values.items(value);
                if (items.size() != names.items().size()) throw new TemplateException(where + ": " + items.size() + " values do not fill " + names.items().size() + " names.");
                for (int i = 0; i < items.size(); i++) assign(names.items().get(i), items.get(i));
            }
            default -> throw new IllegalStateException(target.toString());
        }
    }

    private Flow loop(Node.For loop) {
        var outer = scope;
        var items = Values.items(value(loop.over()));
        if (loop.filter().isPresent()) items.removeIf(item -> {
            scope = new Scope(outer, new HashMap<>());
            bind(loop.names(), item);
            var kept = Values.truth(value(loop.filter().get()));
            scope = outer;
            return !kept;
        });
        for (int i = 0; i < items.size(); i++) {
            step();
            scope = new Scope(outer, new HashMap<>());
            scope.values.put("loop", Loop.at(items, i));
            bind(loop.names(), items.get(i));
            var flow = body(loop.body());
            if (flow == Flow.BREAK) break;
        }
        scope = outer;
        return items.isEmpty() ? body(loop.otherwise()) : Flow.ON;
    }

    private void bind(List<String> names, Object item) {
        if (names.size() == 1) {
            scope.values.put(names.getFirst(), item);
            return;
        }
        var parts = Values.items(item);
        if (parts.size() != names.size()) throw new TemplateException(where + ": " + parts.size() + " values do not fill the names " + String.join(", ", names) + ".");
        for (int i = 0; i < parts.size(); i++) scope.values.put(names.get(i), parts.get(i));
    }

    private Function macro(Node.Macro macro, Optional<Function> ignored) {
        var home = scope;
        return (positional, named) -> {
            if (++calls > DEEPEST_CALLS) throw new TemplateException(where + ": macros call each other deeper than " + DEEPEST_CALLS + ".");
            if (positional.size() > macro.parameters().size()) {
                throw new TemplateException(where + ": the macro " + macro.name() + " takes " + macro.parameters().size() + " arguments and is given " + positional.size() + ".");
            }
            var caller = scope;
            scope = new Scope(home, new HashMap<>());
            for (int i = 0; i < macro.parameters().size(); i++) {
                var name = macro.parameters().get(i);
                scope.values.put(name, i < positional.size() ? positional.get(i) : named.containsKey(name) ? named.get(name)
                        : macro.defaults().get(i).isPresent() ? value(macro.defaults().get(i).get()) : new Undefined(name));
            }
            if (named.containsKey("caller")) scope.values.put("caller", named.get("caller"));
            var text = captured(macro.body());
            scope = caller;
            calls--;
            return text;
        };
    }

    // ---- expressions ----

    private Object value(Node node) {
        step();
        return switch (node) {
            case Node.Literal literal -> literal.value();
            case Node.Name name -> scope.get(name.name());
            case Node.ListOf list -> list.tuple() ? new Tuple(values(list.items())) : values(list.items());
            case Node.DictOf dict -> {
                var map = new LinkedHashMap<Object, Object>();
                for (int i = 0; i < dict.keys().size(); i++) map.put(value(dict.keys().get(i)), value(dict.values().get(i)));
                yield map;
            }
            case Node.Attribute a -> at(a.line(), () -> attribute(value(a.of()), a.name()));
            case Node.Item i -> at(i.line(), () -> item(value(i.of()), value(i.key())));
            case Node.Slice s -> at(s.line(), () -> Slices.of(value(s.of()), whole(s.from()), whole(s.to()), whole(s.step())));
            case Node.Call call -> call(call, Optional.empty());
            case Node.FilterOf f -> filter(f.filter(), value(f.value()));
            case Node.TestOf t -> at(t.line(), () -> Tests.holds(t.test(), value(t.value()), values(t.arguments().positional())) != t.negated());
            case Node.Not not -> !Values.truth(value(not.value()));
            case Node.And and -> {
                var left = value(and.left());
                yield Values.truth(left) ? value(and.right()) : left;
            }
            case Node.Or or -> {
                var left = value(or.left());
                yield Values.truth(left) ? left : value(or.right());
            }
            case Node.Unary u -> at(u.line(), () -> u.operator().equals("-") ? arithmetic("-", 0L, value(u.value())) : arithmetic("+", 0L, value(u.value())));
            case Node.Binary b -> at(b.line(), () -> arithmetic(b.operator(), value(b.left()), value(b.right())));
            case Node.Compare c -> at(c.line(), () -> compare(c));
            case Node.Conditional c -> Values.truth(value(c.condition())) ? value(c.then())
                    : c.otherwise().isPresent() ? value(c.otherwise().get()) : new Undefined("the value of an if without else");
            default -> throw new IllegalStateException(node.toString());
        };
    }

    /** Says the line in what fails within. */
    private <T> T at(int line, java.util.function.Supplier<T> work) {
        try {
            return work.get();
        } catch (TemplateException e) {
            throw e.getMessage().startsWith(where) ? e : fault(line, e.getMessage());
        }
    }

    private List<Object> values(List<Node> nodes) {
        var values = new ArrayList<Object>();
        for (var node : nodes) values.add(value(node));
        return values;
    }

    private Optional<Long> whole(Optional<Node> node) {
        return node.map(this::value).map(Values::asLong);
    }

    private Object filter(FilterCall filter, Object value) {
        return at(filter.line(), () -> Filters.apply(filter.name(), value, values(filter.arguments().positional()), named(filter.arguments())));
    }

    private Map<String, Object> named(Arguments arguments) {
        var named = new LinkedHashMap<String, Object>();
        for (int i = 0; i < arguments.names().size(); i++) named.put(arguments.names().get(i), value(arguments.named().get(i)));
        return named;
    }

    private Object call(Node.Call call, Optional<Function> caller) {
        return at(call.line(), () -> {
            if (!(value(call.function()) instanceof Function function)) throw new TemplateException(what(call.function()) + " cannot be called.");
            var named = named(call.arguments());
            caller.ifPresent(c -> named.put("caller", c));
            return function.call(values(call.arguments().positional()), named);
        });
    }

    private static String what(Node node) {
        return switch (node) {
            case Node.Name name -> name.name();
            case Node.Attribute attribute -> "\"" + attribute.name() + "\"";
            default -> "this";
        };
    }

    /** A method of a value, else what it holds under the name. */
    static Object attribute(Object value, String name) {
        if (value instanceof Undefined u) throw new TemplateException(u.name() + " is undefined, and has no \"" + name + "\".");
        if (value instanceof Namespace namespace) return namespace.values().getOrDefault(name, new Undefined(name));
        if (value instanceof Loop loop) return loop.get(name);
        var method = Methods.of(value, name);
        if (method.isPresent()) return method.get();
        return value instanceof Map<?, ?> map && map.containsKey(name) ? map.get(name) : new Undefined(name);
    }

    static Object item(Object value, Object key) {
        if (value instanceof Undefined u) throw new TemplateException(u.name() + " is undefined, and has no " + Values.repr(key) + ".");
        if (value instanceof Map<?, ?> map) {
            if (map.containsKey(key)) return map.get(key);
            return key instanceof String name ? attribute(value, name) : new Undefined(Values.text(key));
        }
        if (key instanceof String name) return attribute(value, name);
        if (value instanceof List<?> || value instanceof String) {
            var items = Values.items(value);
            var at = Values.asLong(key);
            if (at < 0) at += items.size();
            return at >= 0 && at < items.size() ? items.get((int) at) : new Undefined("element " + Values.text(key));
        }
        throw new TemplateException(Values.kind(value) + " has no elements.");
    }

    private boolean compare(Node.Compare c) {
        var left = value(c.first());
        for (int i = 0; i < c.operators().size(); i++) {
            var right = value(c.others().get(i));
            var holds = switch (c.operators().get(i)) {
                case "==" -> Values.equal(left, right);
                case "!=" -> !Values.equal(left, right);
                case "<" -> Values.compare(left, right) < 0;
                case "<=" -> Values.compare(left, right) <= 0;
                case ">" -> Values.compare(left, right) > 0;
                case ">=" -> Values.compare(left, right) >= 0;
                case "in" -> Values.contains(right, left);
                default -> !Values.contains(right, left);
            };
            if (!holds) return false;
            left = right;
        }
        return true;
    }

    static long notZero(long n) {
        if (n == 0) throw new TemplateException("division by zero.");
        return n;
    }

    static Object arithmetic(String operator, Object a, Object b) {
        if (operator.equals("~")) return bounded(Values.text(a), Values.text(b));
        if (operator.equals("+") && a instanceof String x && b instanceof String y) return bounded(x, y);
        if (operator.equals("+") && a instanceof List<?> x && b instanceof List<?> y) {
            var both = new ArrayList<Object>(x);
            both.addAll(y);
            if (both.size() > LONGEST_LIST) throw new TemplateException("a list grows beyond " + LONGEST_LIST + " elements.");
            return both;
        }
        if (operator.equals("*") && (a instanceof String || a instanceof List) && Values.whole(b)) return repeated(a, Values.asLong(b));
        if (operator.equals("*") && (b instanceof String || b instanceof List) && Values.whole(a)) return repeated(b, Values.asLong(a));
        if (operator.equals("%") && a instanceof String format) return Percent.format(format, b);
        if (!Values.isNumber(a) || !Values.isNumber(b)) throw new TemplateException(Values.kind(a) + " " + operator + " " + Values.kind(b) + " cannot be computed.");
        return Values.whole(a) && Values.whole(b) && !operator.equals("/") ? wholeNumbers(operator, Values.asLong(a), Values.asLong(b))
                : numbers(operator, Values.asDouble(a), Values.asDouble(b));
    }

    private static Object wholeNumbers(String operator, long a, long b) {
        try {
            return switch (operator) {
                case "+" -> Math.addExact(a, b);
                case "-" -> Math.subtractExact(a, b);
                case "*" -> Math.multiplyExact(a, b);
                case "//" -> Math.floorDiv(a, notZero(b));
                case "%" -> Math.floorMod(a, notZero(b));
                default -> b < 0 ? (Object) Math.pow(a, b) : (Object) new java.math.BigDecimal(Math.pow(a, b)).longValueExact();
            };
        } catch (ArithmeticException | NumberFormatException e) {
            throw new TemplateException("a whole number grows beyond 64 bits.");
        }
    }

    private static Object numbers(String operator, double a, double b) {
        return switch (operator) {
            case "+" -> a + b;
            case "-" -> a - b;
            case "*" -> a * b;
            case "/" -> {
                if (b == 0) throw new TemplateException("division by zero.");
                yield a / b;
            }
            case "//" -> {
                if (b == 0) throw new TemplateException("division by zero.");
                yield Math.floor(a / b);
            }
            case "%" -> {
                if (b == 0) throw new TemplateException("division by zero.");
                yield a - b * Math.floor(a / b);
            }
            default -> Math.pow(a, b);
        };
    }

    private static String bounded(String a, String b) {
        if (a.length() + b.length() > LONGEST_TEXT) throw new TemplateException("a text grows beyond " + LONGEST_TEXT + " characters.");
        return a + b;
    }

    private static Object repeated(Object value, long times) {
        var n = Math.max(0, times);
        if (value instanceof String s) {
            if (s.length() * Math.min(n, LONGEST_TEXT + 1L) > LONGEST_TEXT) throw new TemplateException("a text grows beyond " + LONGEST_TEXT + " characters.");
            return s.repeat((int) (s.isEmpty() ? 0 : n));
        }
        var list = (List<?>) value;
        if (list.size() * Math.min(n, LONGEST_LIST + 1L) > LONGEST_LIST) throw new TemplateException("a list grows beyond " + LONGEST_LIST + " elements.");
        var all = new ArrayList<Object>();
        for (long i = 0; i < n && !list.isEmpty(); i++) all.addAll(list);
        return all;
    }
}
