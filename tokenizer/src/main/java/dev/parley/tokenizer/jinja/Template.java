package dev.parley.tokenizer.jinja;

import java.time.Clock;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A template, read once and rendered as often as one likes. Immutable; threads may share it. */
public final class Template {

    private static final int LARGEST = 1 << 20;

    private final String where;
    private final List<Node> nodes;

    /** A part of a text, in chars. */
    public record Span(int start, int end) {}

    /** A rendered text, and the parts of it that stood in generation blocks. */
    public record Rendered(String text, List<Span> generated) {}

    private Template(String where, List<Node> nodes) {
        this.where = where;
        this.nodes = nodes;
    }

    /**
     * Reads a template.
     *
     * @param where to name in messages
     * @throws TemplateException naming the line and what is wrong there
     */
    public static Template parse(String source, String where) {
        if (source.length() > LARGEST) throw new TemplateException(where + " is larger than a template can be (1 MiB).");
        return new Template(where, new Parser(new Lexer(source, where).tokens(), where).template());
    }

    /** Renders with values of JSON's kinds. @throws TemplateException what the template raises, or what it asks that is not there */
    public Rendered render(Map<String, ?> values) {
        return render(values, Clock.systemDefaultZone());
    }

    /** The same at a time of one's choice, which {@code strftime_now} tells. */
    public Rendered render(Map<String, ?> values, Clock clock) {
        var globals = new HashMap<String, Object>(functions(clock));
        values.forEach((name, value) -> globals.put(name, Values.of(value)));
        try {
            return new Interpreter(where, globals).run(nodes);
        } catch (TemplateException e) {
            throw e.getMessage().startsWith(where) ? e : new TemplateException(where + ": " + e.getMessage());
        } catch (StackOverflowError e) {
            throw new TemplateException(where + ": the template is nested too deeply.");
        }
    }

    private static Map<String, Object> functions(Clock clock) {
        var functions = new HashMap<String, Object>();
        functions.put("raise_exception", (Function) (p, n) -> {
            throw new TemplateException(p.isEmpty() ? "the template refuses." : Values.text(p.getFirst()));
        });
        functions.put("strftime_now", (Function) (p, n) -> Strftime.format(ZonedDateTime.now(clock), Values.asText(p.getFirst())));
        functions.put("range", (Function) (p, n) -> range(p));
        functions.put("namespace", (Function) (p, n) -> {
            var values = new LinkedHashMap<String, Object>();
            if (!p.isEmpty() && p.getFirst() instanceof Map<?, ?> map) map.forEach((k, v) -> values.put(Values.text(k), v));
            values.putAll(n);
            return new Namespace(values);
        });
        functions.put("dict", (Function) (p, n) -> {
            var map = new LinkedHashMap<Object, Object>();
            if (!p.isEmpty() && p.getFirst() instanceof Map<?, ?> other) map.putAll(other);
            map.putAll(n);
            return map;
        });
        return functions;
    }

    private static List<Object> range(List<Object> p) {
        if (p.isEmpty() || p.size() > 3) throw new TemplateException("range needs one to three numbers.");
        long from = p.size() > 1 ? Values.asLong(p.getFirst()) : 0, to = Values.asLong(p.get(p.size() > 1 ? 1 : 0)), by = p.size() > 2 ? Values.asLong(p.get(2)) : 1;
        if (by == 0) throw new TemplateException("range cannot step by 0.");
        var list = new ArrayList<Object>();
        for (long i = from; by > 0 ? i < to : i > to; i += by) {
            if (list.size() == 100_000) throw new TemplateException("range is longer than 100,000.");
            list.add(i);
            if (by > 0 ? i > Long.MAX_VALUE - by : i < Long.MIN_VALUE - by) break;
        }
        return list;
    }
}
