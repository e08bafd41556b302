package dev.parley.tokenizer.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Python's slices, of lists and strings, with negative steps. */
final class Slices {

    private Slices() {}

    static Object of(Object value, Optional<Long> from, Optional<Long> to, Optional<Long> step) {
        if (!(value instanceof List) && !(value instanceof String)) throw new TemplateException(Values.kind(value) + " cannot be sliced.");
        var items = Values.items(value);
        long by = step.orElse(1L), n = items.size();
        if (by == 0) throw new TemplateException("a slice cannot step by 0.");
        var start = from.map(i -> bound(i, n, by)).orElse(by > 0 ? 0 : n - 1);
        var end = to.map(i -> bound(i, n, by)).orElse(by > 0 ? n : -1);
        var slice = new ArrayList<Object>();
        for (long i = start; by > 0 ? i < end : i > end; i += by) {
            slice.add(items.get((int) i));
            if (Math.abs(by) > n) break;
        }
        return value instanceof String ? slice.stream().map(Object::toString).collect(Collectors.joining()) : slice;
    }

    private static long bound(long i, long n, long step) {
        if (i < 0) i += n;
        return step > 0 ? Math.clamp(i, 0, n) : Math.clamp(i, -1, n - 1);
    }
}
