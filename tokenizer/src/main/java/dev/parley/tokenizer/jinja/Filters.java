package dev.parley.tokenizer.jinja;

import dev.parley.tokenizer.jinja.Methods.Given;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What a bar hands a value to. */
final class Filters {

    private static final Set<String> KNOWN = Set.of("trim", "upper", "lower", "title", "capitalize", "length", "count", "join", "default", "d", "first",
            "last", "list", "items", "dictsort", "map", "select", "reject", "selectattr", "rejectattr", "replace", "string", "int", "float", "abs", "round",
            "sort", "unique", "reverse", "indent", "safe", "batch", "sum", "min", "max", "tojson", "escape", "e", "forceescape", "attr", "wordcount");

    private Filters() {}

    static boolean known(String name) {
        return KNOWN.contains(name);
    }

    static Object apply(String name, Object value, List<Object> positional, Map<String, Object> named) {
        var a = new Given(name, positional, named);
        return switch (name) {
            case "trim" -> Strip.both(Values.text(value), a.textOr(0, "chars", null));
            case "upper" -> Values.text(value).toUpperCase(Locale.ROOT);
            case "lower" -> Values.text(value).toLowerCase(Locale.ROOT);
            case "title" -> title(Values.text(value));
            case "capitalize" -> Methods.capitalize(Values.text(value));
            case "length", "count" -> length(value);
            case "join" -> join(Values.items(value), a);
            case "default", "d" -> value instanceof Undefined || a.flag(1, "boolean", false) && !Values.truth(value) ? a.or(0, "default_value", "") : value;
            case "first" -> Values.items(value).isEmpty() ? new Undefined("the first of nothing") : Values.items(value).getFirst();
            case "last" -> Values.items(value).isEmpty() ? new Undefined("the last of nothing") : Values.items(value).getLast();
            case "list" -> Values.items(value);
            case "items" -> value instanceof Undefined ? List.of() : pairs(mapping(value));
            case "dictsort" -> dictsort(mapping(value), a);
            case "map" -> map(Values.items(value), a);
            case "select" -> keep(Values.items(value), a, false, true);
            case "reject" -> keep(Values.items(value), a, false, false);
            case "selectattr" -> keep(Values.items(value), a, true, true);
            case "rejectattr" -> keep(Values.items(value), a, true, false);
            case "replace" -> Methods.replace(Values.text(value), a.text(0, "old"), a.text(1, "new"), a.or(2, "count", null) == null ? -1 : a.longOr(2, "count", -1));
            case "string" -> Values.text(value);
            case "int" -> toWhole(value, a);
            case "float" -> toFloat(value, a);
            case "abs" -> value instanceof Double x ? (Object) Math.abs(x) : (Object) Math.abs(Values.asLong(value));
            case "round" -> round(value, a);
            case "sort" -> sort(Values.items(value), a);
            case "unique" -> unique(Values.items(value), a);
            case "reverse" -> reverse(value);
            case "indent" -> indent(Values.text(value), a);
            case "safe" -> value;
            case "batch" -> batch(Values.items(value), a);
            case "sum" -> sum(Values.items(value), a);
            case "min" -> Values.items(value).stream().min(Values::compare).orElse(new Undefined("the least of nothing"));
            case "max" -> Values.items(value).stream().max(Values::compare).orElse(new Undefined("the greatest of nothing"));
            case "tojson" -> json(value, a);
            case "escape", "e", "forceescape" -> escape(Values.text(value));
            case "attr" -> Interpreter.attribute(value, a.text(0, "name"));
            case "wordcount" -> (long) Strip.split(Values.text(value), null, -1, false).size();
            default -> throw new IllegalStateException(name);
        };
    }

    /** Jinja's own: a word begins after white space, a dash or an opening bracket. */
    private static String title(String s) {
        var out = new StringBuilder();
        var begins = true;
        for (var c : s.codePoints().toArray()) {
            var between = Strip.isSpace(c) || "-({[<".indexOf(c) >= 0;
            out.append(begins ? Character.toString(c).toUpperCase(Locale.ROOT) : Character.toString(c).toLowerCase(Locale.ROOT));
            begins = between;
        }
        return out.toString();
    }

    private static long length(Object value) {
        return value instanceof String s ? s.codePointCount(0, s.length()) : value instanceof Map<?, ?> m ? m.size() : Values.items(value).size();
    }

    private static Map<?, ?> mapping(Object value) {
        if (value instanceof Map<?, ?> map) return map;
        throw new TemplateException("a dictionary is needed where " + Values.kind(value) + " is given.");
    }

    /** [key, value] of each entry. */
    static List<Object> pairs(Map<?, ?> map) {
        var pairs = new ArrayList<Object>();
        map.forEach((k, v) -> {
            var pair = new ArrayList<Object>();
            pair.add(k);
            pair.add(v);
            pairs.add(new Tuple(pair));
        });
        return pairs;
    }

    private static List<Object> dictsort(Map<?, ?> map, Given a) {
        var pairs = pairs(map);
        var by = a.or(1, "by", "key").equals("value") ? 1 : 0;
        var exact = a.flag(0, "case_sensitive", false);
        pairs.sort((x, y) -> Values.compare(folded(((List<?>) x).get(by), exact), folded(((List<?>) y).get(by), exact)));
        if (a.flag(2, "reverse", false)) Collections.reverse(pairs);
        return pairs;
    }

    private static Object folded(Object value, boolean exact) {
        return !exact && value instanceof String s ? s.toLowerCase(Locale.ROOT) : value;
    }

    private static String join(List<Object> items, Given a) {
        var attribute = a.or(1, "attribute", null);
        var texts = new ArrayList<Object>();
        for (var item : items) texts.add(Values.text(attribute == null ? item : path(item, Values.text(attribute))));
        return Methods.join(Values.text(a.or(0, "d", "")), texts);
    }

    /** The attribute of an attribute, by names or numbers with dots between. */
    private static Object path(Object value, String path) {
        for (var name : path.split("\\.")) {
            value = name.matches("\\d{1,9}") ? Interpreter.item(value, Long.parseLong(name)) : Interpreter.attribute(value, name);
        }
        return value;
    }

    private static List<Object> map(List<Object> items, Given a) {
        var mapped = new ArrayList<Object>();
        if (a.named().containsKey("attribute")) {
            for (var item : items) {
                var value = path(item, a.text(99, "attribute"));
                mapped.add(value instanceof Undefined && a.named().containsKey("default") ? a.named().get("default") : value);
            }
            return mapped;
        }
        var filter = a.text(0, "filter");
        if (!known(filter)) throw new TemplateException("the filter \"" + filter + "\" is not known.");
        for (var item : items) mapped.add(apply(filter, item, a.positional().subList(1, a.positional().size()), a.named()));
        return mapped;
    }

    private static List<Object> keep(List<Object> items, Given a, boolean byAttribute, boolean wanted) {
        var from = byAttribute ? 1 : 0;
        var kept = new ArrayList<Object>();
        for (var item : items) {
            var value = byAttribute ? path(item, Values.text(a.get(0, "attribute"))) : item;
            var holds = a.positional().size() <= from ? Values.truth(value) : test(a, from, value);
            if (holds == wanted) kept.add(item);
        }
        return kept;
    }

    private static boolean test(Given a, int at, Object value) {
        var test = Values.text(a.positional().get(at));
        test = switch (test) {
            case "==" -> "eq";
            case "!=" -> "ne";
            case "<" -> "lt";
            case "<=" -> "le";
            case ">" -> "gt";
            case ">=" -> "ge";
            default -> test;
        };
        if (!Tests.known(test)) throw new TemplateException("the test \"" + test + "\" is not known.");
        return Tests.holds(test, value, a.positional().subList(at + 1, a.positional().size()));
    }

    private static Object toWhole(Object value, Given a) {
        try {
            return switch (value) {
                case Double x when Double.isFinite(x) -> (long) (double) x;
                case String s -> s.strip().matches("[+-]?\\d+") ? Long.parseLong(s.strip()) : (long) Double.parseDouble(s.strip());
                case null, default -> Values.asLong(value);
            };
        } catch (NumberFormatException | TemplateException e) {
            return a.or(0, "default", 0L);
        }
    }

    private static Object toFloat(Object value, Given a) {
        try {
            return value instanceof String s ? (Object) Double.parseDouble(s.strip()) : (Object) Values.asDouble(value);
        } catch (NumberFormatException | TemplateException e) {
            return a.or(0, "default", 0.0);
        }
    }

    private static Object round(Object value, Given a) {
        var digits = Math.clamp(a.longOr(0, "precision", 0), -300, 300);
        var mode = switch (String.valueOf(a.or(1, "method", "common"))) {
            case "ceil" -> java.math.RoundingMode.CEILING;
            case "floor" -> java.math.RoundingMode.FLOOR;
            default -> java.math.RoundingMode.HALF_EVEN;
        };
        var x = Values.asDouble(value);
        return Double.isFinite(x) ? new java.math.BigDecimal(x).setScale(digits, mode).doubleValue() : x;
    }

    private static List<Object> sort(List<Object> items, Given a) {
        var exact = a.flag(1, "case_sensitive", false);
        var attribute = a.or(2, "attribute", null);
        Comparator<Object> order = (x, y) -> Values.compare(folded(key(x, attribute), exact), folded(key(y, attribute), exact));
        items.sort(a.flag(0, "reverse", false) ? order.reversed() : order);
        return items;
    }

    private static Object key(Object item, Object attribute) {
        return attribute == null ? item : path(item, Values.text(attribute));
    }

    private static List<Object> unique(List<Object> items, Given a) {
        var exact = a.flag(0, "case_sensitive", false);
        var attribute = a.or(1, "attribute", null);
        var seen = new ArrayList<Object>();
        var kept = new ArrayList<Object>();
        for (var item : items) {
            var key = folded(key(item, attribute), exact);
            if (seen.stream().anyMatch(s -> Values.equal(s, key))) continue;
            seen.add(key);
            kept.add(item);
        }
        return kept;
    }

    private static Object reverse(Object value) {
        if (value instanceof String s) return new StringBuilder(s).reverse().toString();
        var items = Values.items(value);
        Collections.reverse(items);
        return items;
    }

    private static String indent(String s, Given a) {
        var width = a.or(0, "width", 4L);
        var by = width instanceof String text ? text : " ".repeat(Math.clamp(Values.asLong(width), 0, 1000));
        boolean first = a.flag(1, "first", false), blank = a.flag(2, "blank", false);
        var lines = s.split("\n", -1);
        var out = new StringBuilder();
        for (int i = 0; i < lines.length; i++) {
            if (i > 0) out.append('\n');
            if ((i > 0 || first) && (blank || !lines[i].isBlank())) out.append(by);
            out.append(lines[i]);
            if (out.length() > Interpreter.LONGEST_TEXT) throw new TemplateException("a text grows beyond " + Interpreter.LONGEST_TEXT + " characters.");
        }
        return out.toString();
    }

    private static List<Object> batch(List<Object> items, Given a) {
        var size = Math.clamp(a.longOr(0, "linecount", 1), 1, Integer.MAX_VALUE);
        var batches = new ArrayList<Object>();
        for (int i = 0; i < items.size(); i += size) {
            var some = new ArrayList<>(items.subList(i, Math.min(items.size(), i + size)));
            while (a.has(1, "fill_with") && some.size() < Math.min(size, Interpreter.LONGEST_LIST)) some.add(a.get(1, "fill_with"));
            batches.add(some);
        }
        return batches;
    }

    private static Object sum(List<Object> items, Given a) {
        var attribute = a.or(0, "attribute", null);
        var sum = a.or(1, "start", 0L);
        for (var item : items) sum = Interpreter.arithmetic("+", sum, key(item, attribute));
        return sum;
    }

    private static String json(Object value, Given a) {
        var indent = a.or(1, "indent", null);
        var separators = a.or(2, "separators", null);
        var between = separators instanceof List<?> s && s.size() == 2 ? Values.text(s.get(0)) : ", ";
        var afterKey = separators instanceof List<?> s && s.size() == 2 ? Values.text(s.get(1)) : ": ";
        var width = indent == null ? -1 : Math.clamp(Values.asLong(indent), 0, 100);
        return new PythonJson(a.flag(0, "ensure_ascii", false), width, between, afterKey, a.flag(3, "sort_keys", false)).write(value);
    }

    private static String escape(String s) {
        var entities = new LinkedHashMap<String, String>();
        entities.put("&", "&amp;");
        entities.put("<", "&lt;");
        entities.put(">", "&gt;");
        entities.put("'", "&#39;");
        entities.put("\"", "&#34;");
        for (var entity : entities.entrySet()) s = s.replace(entity.getKey(), entity.getValue());
        return s;
    }
}
