package dev.parley.tokenizer.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The methods of Python's strings, lists and dictionaries that templates call. */
final class Methods {

    private static final Set<String> OF_TEXT = Set.of("strip", "lstrip", "rstrip", "split", "rsplit", "splitlines", "startswith", "endswith", "replace",
            "upper", "lower", "title", "capitalize", "join", "find", "rfind", "index", "count", "format", "isdigit", "isalpha", "isalnum", "isspace",
            "isupper", "islower", "removeprefix", "removesuffix", "zfill", "partition", "rpartition", "swapcase", "center", "ljust", "rjust");
    private static final Set<String> OF_MAP = Set.of("get", "items", "keys", "values", "copy", "update", "pop", "setdefault");
    private static final Set<String> OF_LIST = Set.of("append", "extend", "insert", "pop", "index", "count", "copy", "reverse", "remove", "clear");

    private Methods() {}

    /** A value's method of a name. */
    static Optional<Function> of(Object value, String name) {
        return switch (value) {
            case String s when OF_TEXT.contains(name) -> Optional.of((p, n) -> text(s, name, new Given(name, p, n)));
            case Map<?, ?> m when OF_MAP.contains(name) -> Optional.of((p, n) -> map(cast(m), name, new Given(name, p, n)));
            case Tuple t when name.equals("append") || name.equals("extend") -> Optional.empty();
            case List<?> l when OF_LIST.contains(name) -> Optional.of((p, n) -> list(cast(l), name, new Given(name, p, n)));
            case null, default -> Optional.empty();
        };
    }

    @SuppressWarnings("unchecked") // a template's maps hold a template's values, whatever they are
    private static Map<Object, Object> cast(Map<?, ?> map) {
        return (Map<Object, Object>) map;
    }

    @SuppressWarnings("unchecked")
    private static List<Object> cast(List<?> list) {
        return (List<Object>) list;
    }

    private static Object text(String s, String name, Given a) {
        return switch (name) {
            case "strip" -> Strip.both(s, a.textOr(0, "chars", null));
            case "lstrip" -> Strip.left(s, a.textOr(0, "chars", null));
            case "rstrip" -> Strip.right(s, a.textOr(0, "chars", null));
            case "split" -> Strip.split(s, a.textOr(0, "sep", null), a.longOr(1, "maxsplit", -1), false);
            case "rsplit" -> Strip.split(s, a.textOr(0, "sep", null), a.longOr(1, "maxsplit", -1), true);
            case "splitlines" -> new ArrayList<Object>(s.lines().toList());
            case "startswith" -> anyOf(a.get(0, "prefix")).stream().anyMatch(s::startsWith);
            case "endswith" -> anyOf(a.get(0, "suffix")).stream().anyMatch(s::endsWith);
            case "replace" -> replace(s, a.text(0, "old"), a.text(1, "new"), a.longOr(2, "count", -1));
            case "upper" -> s.toUpperCase(Locale.ROOT);
            case "lower" -> s.toLowerCase(Locale.ROOT);
            case "title" -> title(s);
            case "capitalize" -> capitalize(s);
            case "swapcase" -> swapCase(s);
            case "join" -> join(s, Values.items(a.get(0, "iterable")));
            case "find" -> (long) codePoints(s, s.indexOf(a.text(0, "sub")));
            case "rfind" -> (long) codePoints(s, s.lastIndexOf(a.text(0, "sub")));
            case "index" -> {
                var at = s.indexOf(a.text(0, "sub"));
                if (at < 0) throw new TemplateException("the substring " + Values.repr(a.text(0, "sub")) + " is not there.");
                yield (long) codePoints(s, at);
            }
            case "count" -> (long) count(s, a.text(0, "sub"));
            case "format" -> format(s, a);
            case "isdigit" -> !s.isEmpty() && s.codePoints().allMatch(Character::isDigit);
            case "isalpha" -> !s.isEmpty() && s.codePoints().allMatch(Character::isLetter);
            case "isalnum" -> !s.isEmpty() && s.codePoints().allMatch(Character::isLetterOrDigit);
            case "isspace" -> !s.isEmpty() && s.codePoints().allMatch(Strip::isSpace);
            case "isupper" -> s.codePoints().anyMatch(Character::isUpperCase) && s.codePoints().noneMatch(Character::isLowerCase);
            case "islower" -> s.codePoints().anyMatch(Character::isLowerCase) && s.codePoints().noneMatch(Character::isUpperCase);
            case "removeprefix" -> s.startsWith(a.text(0, "prefix")) ? s.substring(a.text(0, "prefix").length()) : s;
            case "removesuffix" -> s.endsWith(a.text(0, "suffix")) ? s.substring(0, s.length() - a.text(0, "suffix").length()) : s;
            case "zfill" -> pad(s, a.longOr(0, "width", 0), "0", true);
            case "ljust" -> pad(s, a.longOr(0, "width", 0), a.textOr(1, "fillchar", " "), false);
            case "rjust" -> pad(s, a.longOr(0, "width", 0), a.textOr(1, "fillchar", " "), true);
            case "center" -> center(s, a.longOr(0, "width", 0));
            case "partition", "rpartition" -> partition(s, a.text(0, "sep"), name.equals("rpartition"));
            default -> throw new IllegalStateException(name);
        };
    }

    private static List<String> anyOf(Object value) {
        return value instanceof List<?> list ? list.stream().map(Values::asText).toList() : List.of(Values.asText(value));
    }

    private static int codePoints(String s, int at) {
        return at < 0 ? -1 : s.codePointCount(0, at);
    }

    static String replace(String s, String old, String with, long count) {
        if (old.isEmpty()) throw new TemplateException("replace needs something to be replaced.");
        var out = new StringBuilder();
        var from = 0;
        for (long n = 0; count < 0 || n < count; n++) {
            var at = s.indexOf(old, from);
            if (at < 0) break;
            out.append(s, from, at).append(with);
            if (out.length() > Interpreter.LONGEST_TEXT) throw new TemplateException("a text grows beyond " + Interpreter.LONGEST_TEXT + " characters.");
            from = at + old.length();
        }
        return out.append(s, from, s.length()).toString();
    }

    static String title(String s) {
        var out = new StringBuilder();
        var inWord = false;
        for (var c : s.codePoints().toArray()) {
            out.appendCodePoint(inWord ? Character.toLowerCase(c) : Character.toTitleCase(c));
            inWord = Character.isLetter(c);
        }
        return out.toString();
    }

    static String capitalize(String s) {
        if (s.isEmpty()) return s;
        var first = s.offsetByCodePoints(0, 1);
        return s.substring(0, first).toUpperCase(Locale.ROOT) + s.substring(first).toLowerCase(Locale.ROOT);
    }

    private static String swapCase(String s) {
        var out = new StringBuilder();
        s.codePoints().forEach(c -> out.appendCodePoint(Character.isUpperCase(c) ? Character.toLowerCase(c) : Character.toUpperCase(c)));
        return out.toString();
    }

    static String join(String separator, List<Object> items) {
        var out = new StringBuilder();
        for (int i = 0; i < items.size(); i++) {
            if (i > 0) out.append(separator);
            out.append(Values.asText(items.get(i)));
            if (out.length() > Interpreter.LONGEST_TEXT) throw new TemplateException("a text grows beyond " + Interpreter.LONGEST_TEXT + " characters.");
        }
        return out.toString();
    }

    private static int count(String s, String sub) {
        if (sub.isEmpty()) return s.codePointCount(0, s.length()) + 1;
        var n = 0;
        for (int at = s.indexOf(sub); at >= 0; at = s.indexOf(sub, at + sub.length())) n++;
        return n;
    }

    private static String pad(String s, long width, String fill, boolean left) {
        var missing = Math.clamp(width - s.codePointCount(0, s.length()), 0, Interpreter.LONGEST_TEXT);
        return left ? fill.repeat(missing) + s : s + fill.repeat(missing);
    }

    private static String center(String s, long width) {
        var missing = Math.clamp(width - s.codePointCount(0, s.length()), 0, Interpreter.LONGEST_TEXT);
        return " ".repeat(missing / 2) + s + " ".repeat(missing - missing / 2);
    }

    private static List<Object> partition(String s, String separator, boolean last) {
        var at = last ? s.lastIndexOf(separator) : s.indexOf(separator);
        if (at < 0) return last ? List.of("", "", s) : List.of(s, "", "");
        return List.of(s.substring(0, at), separator, s.substring(at + separator.length()));
    }

    /** Fields {}, {0} and {name}, without formats. */
    private static String format(String s, Given a) {
        var out = new StringBuilder();
        var next = 0;
        for (int i = 0; i < s.length(); i++) {
            var c = s.charAt(i);
            if ((c == '{' || c == '}') && i + 1 < s.length() && s.charAt(i + 1) == c) {
                out.append(c);
                i++;
            } else if (c == '{') {
                var close = s.indexOf('}', i);
                if (close < 0) throw new TemplateException("a field of format is not closed.");
                var field = s.substring(i + 1, close);
                if (!field.matches("\\w{0,50}")) throw new TemplateException("the field {" + field + "} of format is not known to chat templates.");
                out.append(Values.text(field.isEmpty() ? a.get(next++, "argument") : field.matches("\\d+") ? a.get(Integer.parseInt(field), "argument") : a.get(99, field)));
                i = close;
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    private static Object map(Map<Object, Object> m, String name, Given a) {
        return switch (name) {
            case "get" -> m.containsKey(a.get(0, "key")) ? m.get(a.get(0, "key")) : a.or(1, "default", null);
            case "keys" -> new ArrayList<>(m.keySet());
            case "values" -> new ArrayList<>(m.values());
            case "items" -> Filters.pairs(m);
            case "copy" -> new LinkedHashMap<>(m);
            case "update" -> {
                if (!(a.get(0, "other") instanceof Map<?, ?> other)) throw new TemplateException("update needs a dictionary.");
                m.putAll(other);
                yield null;
            }
            case "pop" -> m.containsKey(a.get(0, "key")) ? m.remove(a.get(0, "key")) : a.or(1, "default", null);
            default -> {
                if (!m.containsKey(a.get(0, "key"))) m.put(a.get(0, "key"), a.or(1, "default", null));
                yield m.get(a.get(0, "key"));
            }
        };
    }

    private static Object list(List<Object> l, String name, Given a) {
        switch (name) {
            case "append" -> l.add(a.get(0, "object"));
            case "extend" -> l.addAll(Values.items(a.get(0, "iterable")));
            case "insert" -> l.add(Math.clamp(a.longOr(0, "index", 0), 0, l.size()), a.get(1, "object"));
            case "reverse" -> java.util.Collections.reverse(l);
            case "clear" -> l.clear();
            case "remove" -> l.remove(index(l, a.get(0, "value")));
            case "pop" -> {
                var at = a.longOr(0, "index", -1);
                var index = (int) (at < 0 ? at + l.size() : at);
                if (index < 0 || index >= l.size()) throw new TemplateException("pop from a place that the list has not.");
                return l.remove(index);
            }
            case "index" -> {
                return (long) index(l, a.get(0, "value"));
            }
            case "count" -> {
                return l.stream().filter(v -> Values.equal(v, a.get(0, "value"))).count();
            }
            default -> {
                return new ArrayList<>(l);
            }
        }
        if (l.size() > Interpreter.LONGEST_LIST) throw new TemplateException("a list grows beyond " + Interpreter.LONGEST_LIST + " elements.");
        return null;
    }

    private static int index(List<Object> l, Object value) {
        for (int i = 0; i < l.size(); i++) {
            if (Values.equal(l.get(i), value)) return i;
        }
        throw new TemplateException(Values.repr(value) + " is not in the list.");
    }

    /** What a method or a filter was called with. */
    record Given(String function, List<Object> positional, Map<String, Object> named) {

        boolean has(int position, String name) {
            return position < positional.size() || named.containsKey(name);
        }

        Object get(int position, String name) {
            if (!has(position, name)) throw new TemplateException(function + " lacks its argument \"" + name + "\".");
            return or(position, name, null);
        }

        Object or(int position, String name, Object byDefault) {
            return position < positional.size() ? positional.get(position) : named.getOrDefault(name, byDefault);
        }

        String text(int position, String name) {
            return Values.asText(get(position, name));
        }

        String textOr(int position, String name, String byDefault) {
            var value = or(position, name, byDefault);
            return value == null ? null : Values.asText(value);
        }

        long longOr(int position, String name, long byDefault) {
            return Values.asLong(or(position, name, byDefault));
        }

        boolean flag(int position, String name, boolean byDefault) {
            return Values.truth(or(position, name, byDefault));
        }
    }
}
