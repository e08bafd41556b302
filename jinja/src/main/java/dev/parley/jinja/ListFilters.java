package dev.parley.jinja;

import dev.parley.jinja.Value.Bool;
import dev.parley.jinja.Value.Dict;
import dev.parley.jinja.Value.Seq;
import dev.parley.jinja.Value.Undefined;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Filters on rows and maps, but for those that choose by a test. */
final class ListFilters {

    static final Map<String, Filter> ALL = Map.ofEntries(
            Map.entry("length", (e, v, a) -> Value.of(e.python().length(v))),
            Map.entry("count", (e, v, a) -> Value.of(e.python().length(v))),
            Map.entry("list", (e, v, a) -> Value.list(e.python().elements(v))),
            Map.entry("first", (e, v, a) -> first(e, v)),
            Map.entry("last", (e, v, a) -> last(e, v)),
            Map.entry("join", ListFilters::join),
            Map.entry("items", (e, v, a) -> items(v)),
            Map.entry("dictsort", ListFilters::dictsort),
            Map.entry("sort", ListFilters::sort),
            Map.entry("unique", ListFilters::unique),
            Map.entry("reverse", (e, v, a) -> reversed(e, v)),
            Map.entry("batch", ListFilters::batch),
            Map.entry("slice", ListFilters::slice),
            Map.entry("groupby", ListFilters::groups),
            Map.entry("sum", ListFilters::sum),
            Map.entry("min", (e, v, a) -> extreme(e, v, a, "min", -1)),
            Map.entry("max", (e, v, a) -> extreme(e, v, a, "max", 1)));

    private ListFilters() {}

    private static Value first(Evaluator evaluator, Value value) {
        if (value instanceof Value.Generator g) return g.rest().hasNext() ? g.rest().next() : new Undefined("there is no first item");
        var items = evaluator.python().elements(value);
        return items.isEmpty() ? new Undefined("there is no first item") : items.getFirst();
    }

    private static Value last(Evaluator evaluator, Value value) {
        if (value instanceof Value.Generator) throw new Fault("a generator has no last item; make a list of it first");
        var items = evaluator.python().elements(value);
        return items.isEmpty() ? new Undefined("there is no last item") : items.getLast();
    }

    private static Value join(Evaluator evaluator, Value value, Arguments arguments) {
        var bound = arguments.bind("join", 0, "d", "attribute");
        var between = evaluator.printer().string(bound.or(0, Text.EMPTY));
        var out = new TextBuilder(evaluator.budget());
        var first = true;
        for (var item : evaluator.python().elements(value)) {
            if (!first) out.add(between);
            first = false;
            out.add(evaluator.printer().string(bound.has(1) ? attribute(evaluator, item, bound.value(1)) : item));
        }
        return out.build();
    }

    private static Value items(Value value) {
        if (value instanceof Undefined) return Value.generator(List.of());
        if (value instanceof Dict dict) return Value.generator(dict.items());
        throw new Fault("items takes a map, not a " + value.type());
    }

    /** An attribute by a path such as {@code function.name} or {@code 0}. */
    static Value attribute(Evaluator evaluator, Value value, Value path) {
        if (!(path instanceof Text text)) return evaluator.access().item(value, path);
        var found = value;
        for (var part : text.chars().split("\\.", -1)) {
            found = evaluator.access().item(found, part.matches("\\d{1,9}") ? Value.of(Integer.parseInt(part)) : Text.of(part));
        }
        return found;
    }

    // ---- order ----

    private static Value folded(Value value, boolean caseSensitive) {
        return !caseSensitive && value instanceof Text text ? text.lower() : value;
    }

    /** Each item with what it is ordered by. */
    private record Keyed(List<Value> keys, Value item) {}

    private static List<Keyed> keyed(Evaluator evaluator, List<Value> items, Optional<Value> attribute, boolean caseSensitive) {
        var paths = attribute.isPresent() && attribute.get() instanceof Text t && t.chars().indexOf(',') >= 0
                ? new Cutter(evaluator.budget()).split(t, ",", Integer.MAX_VALUE, true)
                : attribute.<List<? extends Value>>map(List::of).orElse(List.of());
        var keyed = new ArrayList<Keyed>(items.size());
        for (var item : items) {
            var keys = paths.isEmpty() ? List.of(item) : paths.stream().map(p -> attribute(evaluator, item, p)).toList();
            keyed.add(new Keyed(keys.stream().map(k -> folded(k, caseSensitive)).toList(), item));
        }
        return keyed;
    }

    private static Comparator<Keyed> order(Evaluator evaluator) {
        return (a, b) -> {
            for (int i = 0; i < a.keys().size(); i++) {
                var order = evaluator.python().compare(a.keys().get(i), b.keys().get(i), "<");
                if (order != 0) return order;
            }
            return 0;
        };
    }

    private static Optional<Value> given(Arguments.Bound bound, int index) {
        return bound.has(index) ? Optional.of(bound.value(index)) : Optional.empty();
    }

    private static List<Value> sorted(Evaluator evaluator, List<Keyed> keyed, boolean descending) {
        evaluator.budget().makeList(keyed.size());
        return keyed.stream().sorted(descending ? order(evaluator).reversed() : order(evaluator)).map(Keyed::item).toList();
    }

    private static Value sort(Evaluator evaluator, Value value, Arguments arguments) {
        var bound = arguments.bind("sort", 0, "reverse", "case_sensitive", "attribute");
        var python = evaluator.python();
        var keyed = keyed(evaluator, python.elements(value), given(bound, 2), python.truth(bound.or(1, Bool.FALSE)));
        return Value.list(sorted(evaluator, keyed, python.truth(bound.or(0, Bool.FALSE))));
    }

    private static Value dictsort(Evaluator evaluator, Value value, Arguments arguments) {
        var bound = arguments.bind("dictsort", 0, "case_sensitive", "by", "reverse");
        if (!(value instanceof Dict dict))
            throw value instanceof Undefined u ? Python.undefined(u) : new Fault("dictsort takes a map, not a " + value.type());
        var by = bound.textOr(1, Text.of("key")).chars();
        if (!by.equals("key") && !by.equals("value")) throw new Fault("dictsort goes by 'key' or 'value', not by '" + by + "'");
        var keyed = keyed(evaluator, dict.items(), Optional.of(Value.of(by.equals("key") ? 0 : 1)),
                evaluator.python().truth(bound.or(0, Bool.FALSE)));
        return Value.list(sorted(evaluator, keyed, evaluator.python().truth(bound.or(2, Bool.FALSE))));
    }

    private static Value unique(Evaluator evaluator, Value value, Arguments arguments) {
        var bound = arguments.bind("unique", 0, "case_sensitive", "attribute");
        var seen = new HashSet<>();
        var kept = new ArrayList<Value>();
        for (var one : keyed(evaluator, evaluator.python().elements(value), given(bound, 1),
                evaluator.python().truth(bound.or(0, Bool.FALSE)))) {
            evaluator.budget().step();
            if (seen.add(one.keys().stream().map(Python::key).toList())) kept.add(one.item());
        }
        return Value.generator(kept);
    }

    private static Value extreme(Evaluator evaluator, Value value, Arguments arguments, String name, int sign) {
        var bound = arguments.bind(name, 0, "case_sensitive", "attribute");
        var keyed = keyed(evaluator, evaluator.python().elements(value), given(bound, 1),
                evaluator.python().truth(bound.or(0, Bool.FALSE)));
        if (keyed.isEmpty()) return new Undefined("there is no item");
        var best = keyed.getFirst();
        for (var one : keyed) {
            if (Integer.signum(order(evaluator).compare(one, best)) == sign) best = one;
        }
        return best.item();
    }

    private static Value reversed(Evaluator evaluator, Value value) {
        if (value instanceof Text text) {
            var out = new TextBuilder(evaluator.budget());
            for (var character : evaluator.python().elements(text).reversed()) out.add((Text) character);
            return out.build();
        }
        return Value.generator(evaluator.python().elements(value).reversed());
    }

    // ---- groups ----

    private static Value batch(Evaluator evaluator, Value value, Arguments arguments) {
        var bound = arguments.bind("batch", 1, "linecount", "fill_with");
        var size = bound.integer(0);
        if (size < 1 || size > Budget.LONGEST_RANGE)
            throw new Fault("batch makes rows of 1 to " + Budget.LONGEST_RANGE + ", not of " + size);
        var items = evaluator.python().elements(value);
        var rows = new ArrayList<Value>();
        for (int start = 0; start < items.size(); start += size) {
            var row = new ArrayList<>(items.subList(start, Math.min(items.size(), start + size)));
            while (bound.has(1) && row.size() < size) row.add(bound.value(1));
            evaluator.budget().makeList(row.size());
            rows.add(Value.list(row));
        }
        return Value.generator(rows);
    }

    private static Value slice(Evaluator evaluator, Value value, Arguments arguments) {
        var bound = arguments.bind("slice", 1, "slices", "fill_with");
        var count = bound.integer(0);
        if (count < 1 || count > Budget.LONGEST_RANGE) throw new Fault("slice makes 1 to " + Budget.LONGEST_RANGE + " rows, not " + count);
        var items = evaluator.python().elements(value);
        evaluator.budget().makeList(items.size() + count);
        int each = items.size() / count, more = items.size() % count;
        var rows = new ArrayList<Value>();
        for (int i = 0, at = 0; i < count; i++) {
            var size = each + (i < more ? 1 : 0);
            var row = new ArrayList<>(items.subList(at, at + size));
            if (bound.has(1) && i >= more) row.add(bound.value(1));
            rows.add(Value.list(row));
            at += size;
        }
        return Value.generator(rows);
    }

    private static Value groups(Evaluator evaluator, Value value, Arguments arguments) {
        var bound = arguments.bind("groupby", 1, "attribute", "default", "case_sensitive");
        var caseSensitive = evaluator.python().truth(bound.or(2, Bool.FALSE));
        var groups = new LinkedHashMap<Object, List<Keyed>>();
        for (var item : evaluator.python().elements(value)) {
            var found = attribute(evaluator, item, bound.value(0));
            var grouper = found instanceof Undefined ? bound.or(1, found) : found;
            groups.computeIfAbsent(Python.key(folded(grouper, caseSensitive)), k -> new ArrayList<>())
                    .add(new Keyed(List.of(folded(grouper, caseSensitive), grouper), item));
        }
        var firsts = groups.values().stream().map(g -> new Keyed(g.getFirst().keys().subList(0, 1),
                Seq.of(Seq.Kind.GROUP, List.of(g.getFirst().keys().get(1), Value.list(g.stream().map(Keyed::item).toList()))))).toList();
        return Value.list(sorted(evaluator, firsts, false));
    }

    private static Value sum(Evaluator evaluator, Value value, Arguments arguments) {
        var bound = arguments.bind("sum", 0, "attribute", "start");
        var sum = bound.or(1, Value.of(0));
        if (sum instanceof Text) throw new Fault("sum adds no strings; use join");
        for (var item : evaluator.python().elements(value)) {
            evaluator.budget().step();
            sum = evaluator.operators().binary("+", sum, bound.has(0) ? attribute(evaluator, item, bound.value(0)) : item);
        }
        return sum;
    }
}
