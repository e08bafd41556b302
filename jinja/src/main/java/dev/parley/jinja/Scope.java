package dev.parley.jinja;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Names and their values; what is not found here is looked for around. A name is always set here, never around. */
final class Scope {

    private final Optional<Scope> around;
    private final Map<String, Value> values = new HashMap<>();

    private Scope(Optional<Scope> around) {
        this.around = around;
    }

    static Scope outermost(Map<String, Value> values) {
        var scope = new Scope(Optional.empty());
        scope.values.putAll(values);
        return scope;
    }

    Scope inside() {
        return new Scope(Optional.of(this));
    }

    void set(String name, Value value) {
        values.put(name, value);
    }

    Value get(String name) {
        for (var scope = this;; scope = scope.around.get()) {
            var value = scope.values.get(name);
            if (value != null) return value;
            if (scope.around.isEmpty()) return new Value.Undefined("'" + name + "' is not defined");
        }
    }
}
