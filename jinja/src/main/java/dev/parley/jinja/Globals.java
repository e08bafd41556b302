package dev.parley.jinja;

import dev.parley.jinja.Value.Dict;
import dev.parley.jinja.Value.Function;
import dev.parley.jinja.Value.None;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** The functions that every template can call: Jinja's, and the two that transformers adds. */
final class Globals {

    private static final Set<String> NAMES = Set.of("range", "namespace", "dict", "joiner", "cycler", "raise_exception", "strftime_now");

    private final Evaluator evaluator;
    private final Supplier<LocalDateTime> now;

    Globals(Evaluator evaluator, Supplier<LocalDateTime> now) {
        this.evaluator = evaluator;
        this.now = now;
    }

    static boolean isKnown(String name) {
        return NAMES.contains(name);
    }

    Map<String, Value> values() {
        var values = new HashMap<String, Value>();
        values.put("range", new Function("range", this::range));
        values.put("namespace", new Function("namespace", arguments -> {
            var names = new HashMap<String, Value>();
            for (var pair : pairs("namespace", arguments)) names.put(evaluator.printer().string(pair.key()).chars(), pair.value());
            return new Value.Namespace(names);
        }));
        values.put("dict", new Function("dict", arguments -> Dict.of(pairs("dict", arguments))));
        values.put("joiner", new Function("joiner", this::joiner));
        values.put("cycler", new Function("cycler", this::cycler));
        values.put("raise_exception", new Function("raise_exception", arguments -> {
            throw Fault.refusal(evaluator.printer().string(arguments.bind("raise_exception", 1, "message").value(0)).chars());
        }));
        values.put("strftime_now", new Function("strftime_now", arguments -> {
            var format = arguments.bind("strftime_now", 1, "format").text(0);
            return format.remade(Strftime.format(format.chars(), now.get()));
        }));
        return values;
    }

    private Value range(Arguments arguments) {
        var bound = arguments.bind("range", 1, "start", "stop", "step");
        var one = arguments.positional().size() == 1;
        long from = one ? 0 : bound.integer(0), to = one ? bound.integer(0) : bound.integer(1), step = bound.integerOr(2, 1);
        if (step == 0) throw new Fault("range has the step 0");
        var count = Math.max(0, Math.ceilDiv(to - from, step));
        if (count > Budget.LONGEST_RANGE) throw new Fault("range gives more than " + Budget.LONGEST_RANGE + " numbers");
        evaluator.budget().makeList(count);
        var numbers = new ArrayList<Value>((int) count);
        for (long i = 0; i < count; i++) numbers.add(Value.of(from + i * step));
        return Value.Seq.of(Value.Seq.Kind.RANGE, numbers);
    }

    /** What dict() takes: a map or pairs, and names. */
    private List<Dict.Entry> pairs(String function, Arguments arguments) {
        var pairs = new ArrayList<Dict.Entry>();
        if (arguments.positional().size() > 1) throw new Fault(function + " takes one map, and names");
        for (var given : arguments.positional()) {
            var items = given instanceof Dict dict ? dict.items() : evaluator.python().elements(given);
            evaluator.budget().makeList(items.size());
            for (var item : items) {
                var both = evaluator.python().elements(item);
                if (both.size() != 2) throw new Fault(function + " takes pairs, not " + both.size() + " values");
                pairs.add(new Dict.Entry(both.getFirst(), both.getLast()));
            }
        }
        arguments.named().forEach((name, value) -> pairs.add(new Dict.Entry(Text.of(name), value)));
        return pairs;
    }

    /** Gives nothing the first time it is called, and its separator from then on. */
    private Value joiner(Arguments arguments) {
        var separator = arguments.bind("joiner", 0, "sep").or(0, Text.of(", "));
        var used = new boolean[1];
        return new Function("joiner", none -> {
            var first = !used[0];
            used[0] = true;
            return first ? Text.EMPTY : separator;
        });
    }

    private Value cycler(Arguments arguments) {
        var items = arguments.positional();
        if (items.isEmpty()) throw new Fault("cycler needs values");
        var at = new int[1];
        Function next = new Function("next", none -> items.get(at[0]++ % items.size()));
        Function reset = new Function("reset", none -> {
            at[0] = 0;
            return None.NONE;
        });
        var names = new HashMap<String, Value>(Map.of("next", next, "reset", reset));
        return new Value.Namespace(names);
    }
}
