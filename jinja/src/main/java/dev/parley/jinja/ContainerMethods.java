package dev.parley.jinja;

import dev.parley.jinja.Value.Dict;
import dev.parley.jinja.Value.Function;
import dev.parley.jinja.Value.None;
import dev.parley.jinja.Value.Seq;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** Python's methods of dict, list and tuple. Those that change a list or a map are refused, as transformers' sandbox refuses them. */
final class ContainerMethods {

    private static final Set<String> CHANGE_DICT = Set.of("clear", "pop", "popitem", "setdefault", "update");
    private static final Set<String> CHANGE_LIST = Set.of("append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort");

    private final Python python;

    ContainerMethods(Budget budget) {
        python = new Python(budget);
    }

    Optional<Value> of(Dict dict, String name) {
        if (CHANGE_DICT.contains(name)) return Optional.of(refused("dict", name));
        return switch (name) {
            case "get" -> method(name, arguments -> {
                var bound = arguments.bind("get", 1, "key", "default");
                var entry = dict.entries().get(Python.key(bound.value(0)));
                return entry == null ? bound.or(1, None.NONE) : entry.value();
            });
            case "items" -> view(name, Seq.Kind.ITEMS, dict);
            case "keys" -> view(name, Seq.Kind.KEYS, dict);
            case "values" -> view(name, Seq.Kind.VALUES, dict);
            case "copy" -> method(name, arguments -> dict);
            default -> Optional.empty();
        };
    }

    private static Optional<Value> view(String name, Seq.Kind kind, Dict dict) {
        return method(name, arguments -> {
            arguments.bind(name, 0);
            return Seq.of(kind, kind == Seq.Kind.ITEMS ? dict.items() : kind == Seq.Kind.KEYS ? dict.keys() : dict.values());
        });
    }

    Optional<Value> of(Seq row, String name) {
        if (row.kind() == Seq.Kind.GROUP && name.equals("grouper")) return Optional.of(row.items().getFirst());
        if (row.kind() == Seq.Kind.GROUP && name.equals("list")) return Optional.of(row.items().getLast());
        if (row.kind() == Seq.Kind.LIST && CHANGE_LIST.contains(name)) return Optional.of(refused("list", name));
        if (!row.kind().indexed) return Optional.empty();
        return switch (name) {
            case "count" -> method(name, arguments -> Value.of(places(row.items(), arguments.bind("count", 1, "value").value(0)).count()));
            case "index" -> method(name, arguments -> Value.of(places(row.items(), arguments.bind("index", 1, "value").value(0)).findFirst()
                    .orElseThrow(() -> new Fault("index does not find the value in the " + row.type()))));
            case "copy" -> row.kind() == Seq.Kind.LIST ? method(name, arguments -> row) : Optional.empty();
            default -> Optional.empty();
        };
    }

    private IntStream places(List<Value> items, Value wanted) {
        return IntStream.range(0, items.size()).filter(i -> python.equal(items.get(i), wanted));
    }

    private static Optional<Value> method(String name, Function.Body body) {
        return Optional.of(new Function(name, body));
    }

    private static Value refused(String type, String name) {
        return new Function(name, arguments -> {
            throw new Fault("." + name + "() would change a " + type + ", which a template may not; add with + or keep it in a namespace");
        });
    }
}
