package dev.parley.jinja;

import dev.parley.jinja.Value.Bool;
import dev.parley.jinja.Value.Dict;
import dev.parley.jinja.Value.Int;
import dev.parley.jinja.Value.None;
import dev.parley.jinja.Value.Seq;
import dev.parley.jinja.Value.Undefined;
import java.util.ArrayList;
import java.util.Optional;

/**
 * Attributes, elements and slices. {@code a.b} looks for a method first and for a key then, {@code a['b']} the other way
 * round, as Jinja does. The only attributes there are, are those named here.
 */
final class Access {

    private final Budget budget;
    private final TextMethods textMethods;
    private final ContainerMethods containerMethods;

    Access(Budget budget) {
        this.budget = budget;
        textMethods = new TextMethods(budget);
        containerMethods = new ContainerMethods(budget);
    }

    Value attribute(Value value, String name) {
        if (value instanceof Undefined u) throw Python.undefined(u);
        var method = ownAttribute(value, name);
        if (method.isPresent()) return method.get();
        return key(value, Text.of(name)).orElseGet(() -> missing(value, name));
    }

    Value item(Value value, Value key) {
        if (value instanceof Undefined u) throw Python.undefined(u);
        var found = key(value, key);
        if (found.isPresent()) return found.get();
        if (key instanceof Text name) return ownAttribute(value, name.chars()).orElseGet(() -> missing(value, name.chars()));
        return new Undefined("the " + value.type() + " has no element " + new Printer(budget).represent(key).chars());
    }

    private static Undefined missing(Value value, String name) {
        return new Undefined("the " + value.type() + " has no attribute '" + name + "'");
    }

    private Optional<Value> ownAttribute(Value value, String name) {
        return switch (value) {
            case Text t -> textMethods.of(t, name);
            case Dict d -> containerMethods.of(d, name);
            case Seq s -> containerMethods.of(s, name);
            case Value.Namespace n -> Optional.ofNullable(n.names().get(name));
            case Loop l -> l.attribute(name);
            case Value.Real r when name.equals("is_integer") ->
                Optional.of(
                        new Value.Function(name, arguments -> Value.of(r.value() == Math.rint(r.value()) && Double.isFinite(r.value()))));
            default -> Optional.empty();
        };
    }

    private Optional<Value> key(Value value, Value key) {
        if (value instanceof Dict d) {
            if (key instanceof Seq s && !s.isTuple() || key instanceof Dict) return Optional.empty();
            return Optional.ofNullable(d.entries().get(Python.key(key))).map(Dict.Entry::value);
        }
        if (!(key instanceof Int) && !(key instanceof Bool)) return Optional.empty();
        var index = Arguments.small(Python.integer(key));
        if (value instanceof Seq s && s.kind().indexed) {
            var place = index < 0 ? index + s.items().size() : index;
            return place < 0 || place >= s.items().size() ? Optional.empty() : Optional.of(s.items().get(place));
        }
        if (value instanceof Text t) {
            var length = length(t);
            var place = index < 0 ? index + length : index;
            if (place < 0 || place >= length) return Optional.empty();
            return Optional.of(t.part(t.charAt(place), t.charAt(place + 1)));
        }
        return Optional.empty();
    }

    private int length(Text text) {
        budget.charge(text.chars().length() / 8);
        return text.length();
    }

    // ---- slices ----

    Value slice(Value value, Value from, Value to, Value step) {
        var stride = bound(step, 1);
        if (stride == 0) throw new Fault("a slice has the step 0");
        return switch (value) {
            case Text t -> slice(t, from, to, stride);
            case Seq s when s.kind().indexed -> {
                var items = new ArrayList<Value>();
                var range = range(s.items().size(), from, to, stride);
                budget.makeList(range.count());
                for (int i = 0; i < range.count(); i++) items.add(s.items().get((int) (range.first() + (long) i * stride)));
                yield Seq.of(s.kind() == Seq.Kind.RANGE ? Seq.Kind.RANGE : s.isTuple() ? Seq.Kind.TUPLE : Seq.Kind.LIST, items);
            }
            case Undefined u -> throw Python.undefined(u);
            default -> throw new Fault("a " + value.type() + " has no slices");
        };
    }

    private Text slice(Text text, Value from, Value to, int stride) {
        var range = range(length(text), from, to, stride);
        if (range.count() == 0) return Text.EMPTY;
        if (stride == 1) return text.part(text.charAt(range.first()), text.charAt(range.first() + range.count()));
        var out = new TextBuilder(budget);
        var at = text.charAt(range.first());
        for (int i = 0; i < range.count(); i++) {
            budget.step();
            out.add(text.part(at, text.chars().offsetByCodePoints(at, 1)));
            if (i + 1 < range.count()) at = text.chars().offsetByCodePoints(at, stride);
        }
        return out.build();
    }

    private record Range(int first, int count) {}

    /** Python's slice.indices. */
    private static Range range(int length, Value from, Value to, int stride) {
        int least = stride > 0 ? 0 : -1, most = stride > 0 ? length : length - 1;
        var first = clip(bound(from, stride > 0 ? Integer.MIN_VALUE + 1 : Integer.MAX_VALUE), length, least, most);
        var end = to == None.NONE ? (stride > 0 ? length : -1) : clip(bound(to, 0), length, least, most);
        var distance = stride > 0 ? (long) end - first : (long) first - end;
        return new Range(first, distance <= 0 ? 0 : (int) ((distance - 1) / Math.abs((long) stride) + 1));
    }

    private static int clip(int index, int length, int least, int most) {
        return Math.clamp(index < 0 ? (long) index + length : index, least, most);
    }

    private static int bound(Value value, int otherwise) {
        return switch (value) {
            case None n -> otherwise;
            case Int i -> Arguments.small(i.value());
            case Bool b -> b.ordinal();
            default -> throw new Fault("a slice goes by whole numbers, not by " + value.type());
        };
    }
}
