package dev.parley.jinja;

import dev.parley.jinja.Value.Undefined;
import java.util.ArrayList;
import java.util.Map;

/**
 * Filters that choose items by a test or change each. They give generators, as in Jinja: always true, and gone through once. What counts
 * as false, none among it, has no items for them, and their arguments are then not looked at.
 */
final class ChoiceFilters {

    static final Map<String, Filter> ALL = Map.of(
            "map", ChoiceFilters::map,
            "select", (e, v, a) -> chosen(e, v, a, "select", true, false),
            "reject", (e, v, a) -> chosen(e, v, a, "reject", false, false),
            "selectattr", (e, v, a) -> chosen(e, v, a, "selectattr", true, true),
            "rejectattr", (e, v, a) -> chosen(e, v, a, "rejectattr", false, true));

    private ChoiceFilters() {}

    private static Value map(Evaluator evaluator, Value value, Arguments arguments) {
        var mapped = new ArrayList<Value>();
        if (!evaluator.python().truth(value)) return Value.generator(mapped);
        if (arguments.positional().isEmpty()) {
            var bound = arguments.bind("map", 0, "attribute", "default");
            if (!bound.has(0)) throw new Fault("map needs the name of a filter, or attribute=");
            for (var item : evaluator.python().elements(value)) {
                var found = ListFilters.attribute(evaluator, item, bound.value(0));
                mapped.add(found instanceof Undefined ? bound.or(1, found) : found);
            }
        } else {
            var name = name(arguments, 0, "map");
            var rest = arguments.from(1);
            for (var item : evaluator.python().elements(value)) mapped.add(evaluator.filter(name, item, rest));
        }
        evaluator.budget().makeList(mapped.size());
        return Value.generator(mapped);
    }

    private static String name(Arguments arguments, int index, String filter) {
        if (index < arguments.positional().size() && arguments.positional().get(index) instanceof Text text) return text.chars();
        throw new Fault(filter + " needs a name");
    }

    /** @param byAttribute whether the first argument is an attribute; the test's name and arguments follow */
    private static Value chosen(Evaluator evaluator, Value value, Arguments arguments, String filter, boolean kept, boolean byAttribute) {
        if (!evaluator.python().truth(value)) return Value.generator(new ArrayList<>());
        var at = byAttribute ? 1 : 0;
        if (arguments.positional().size() < at) throw new Fault(filter + " needs an attribute");
        var tested = arguments.positional().size() > at;
        var name = tested ? name(arguments, at, filter) : "";
        var rest = arguments.from(at + 1);
        var chosen = new ArrayList<Value>();
        for (var item : evaluator.python().elements(value)) {
            var subject = byAttribute ? ListFilters.attribute(evaluator, item, arguments.positional().getFirst()) : item;
            var holds = tested ? evaluator.test(name, subject, rest) : evaluator.python().truth(subject);
            if (holds == kept) chosen.add(item);
        }
        evaluator.budget().makeList(chosen.size());
        return Value.generator(chosen);
    }
}
