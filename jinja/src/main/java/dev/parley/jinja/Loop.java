package dev.parley.jinja;

import java.util.List;
import java.util.Optional;

/** What a template reads under the name {@code loop}. */
final class Loop implements Value {

    private final List<Value> items;
    private final Python python;
    private int at;
    private Optional<List<Value>> seen = Optional.empty();

    Loop(List<Value> items, Python python) {
        this.items = items;
        this.python = python;
    }

    void moveTo(int index) {
        at = index;
    }

    int index() {
        return at + 1;
    }

    int length() {
        return items.size();
    }

    Optional<Value> attribute(String name) {
        return Optional.ofNullable(switch (name) {
            case "index" -> Value.of(at + 1);
            case "index0" -> Value.of(at);
            case "revindex" -> Value.of(items.size() - at);
            case "revindex0" -> Value.of(items.size() - at - 1);
            case "first" -> Value.of(at == 0);
            case "last" -> Value.of(at == items.size() - 1);
            case "length" -> Value.of(items.size());
            case "depth" -> Value.of(1); // as Jinja counts: loops of one tag that calls itself
            case "depth0" -> Value.of(0);
            case "previtem" -> at > 0 ? items.get(at - 1) : new Undefined("there is no item before the first");
            case "nextitem" -> at + 1 < items.size() ? items.get(at + 1) : new Undefined("there is no item after the last");
            case "cycle" -> new Function("loop.cycle", this::cycle);
            case "changed" -> new Function("loop.changed", this::changed);
            default -> null;
        });
    }

    private Value cycle(Arguments arguments) {
        if (arguments.positional().isEmpty()) throw new Fault("loop.cycle needs values");
        return arguments.positional().get(at % arguments.positional().size());
    }

    private Value changed(Arguments arguments) {
        var changed = seen.isEmpty() || !python.equal(Value.list(seen.get()), Value.list(arguments.positional()));
        seen = Optional.of(arguments.positional());
        return Value.of(changed);
    }
}
