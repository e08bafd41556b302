package dev.parley.tokenizer.jinja;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Python's values as Java's: None is null, whole numbers are Long, lists and tuples are List, dictionaries are Map, and what
 * nothing was given for is {@link Undefined}.
 */
final class Values {

    private Values() {}

    static boolean truth(Object value) {
        return switch (value) {
            case null -> false;
            case Undefined _ -> false;
            case Boolean b -> b;
            case Long n -> n != 0;
            case Double x -> x != 0;
            case String s -> !s.isEmpty();
            case Collection<?> c -> !c.isEmpty();
            case Map<?, ?> m -> !m.isEmpty();
            default -> true;
        };
    }

    /** Python's str(). */
    static String text(Object value) {
        return switch (value) {
            case null -> "None";
            case Undefined _ -> "";
            case String s -> s;
            default -> repr(value);
        };
    }

    /** Python's repr(). */
    static String repr(Object value) {
        return switch (value) {
            case null -> "None";
            case Undefined _ -> "Undefined";
            case Boolean b -> b ? "True" : "False";
            case Long n -> n.toString();
            case Double x -> number(x);
            case String s -> quoted(s);
            case Tuple t -> t.stream().map(Values::repr).collect(Collectors.joining(", ", "(", t.size() == 1 ? ",)" : ")"));
            case Collection<?> c -> c.stream().map(Values::repr).collect(Collectors.joining(", ", "[", "]"));
            case Map<?, ?> m -> m.entrySet().stream().map(e -> repr(e.getKey()) + ": " + repr(e.getValue())).collect(Collectors.joining(", ", "{", "}"));
            case Namespace n -> "<Namespace " + repr(n.values()) + ">";
            default -> "<function>";
        };
    }

    /** A float as Python writes it: the fewest digits that read back the same, with an exponent below 1e-4 and from 1e16 on. */
    static String number(double x) {
        if (Double.isNaN(x)) return "nan";
        if (Double.isInfinite(x)) return x > 0 ? "inf" : "-inf";
        if (x == 0) return 1 / x < 0 ? "-0.0" : "0.0";
        var size = Math.abs(x);
        if (size >= 1e-4 && size < 1e16) {
            var plain = new java.math.BigDecimal(Double.toString(x)).stripTrailingZeros().toPlainString();
            return plain.contains(".") ? plain : plain + ".0";
        }
        var parts = Double.toString(x).split("E");
        var mantissa = parts[0].endsWith(".0") ? parts[0].substring(0, parts[0].length() - 2) : parts[0];
        var exponent = Integer.parseInt(parts[1]);
        return mantissa + "e" + (exponent < 0 ? "-" : "+") + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
    }

    private static String quoted(String s) {
        var quote = s.contains("'") && !s.contains("\"") ? '"' : '\'';
        var text = new StringBuilder().append(quote);
        s.codePoints().forEach(c -> {
            switch (c) {
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                case '\\' -> text.append("\\\\");
                default -> {
                    if (c == quote) text.append('\\').append(quote);
                    else if (c < 32 || c == 127) text.append(String.format("\\x%02x", c));
                    else text.appendCodePoint(c);
                }
            }
        });
        return text.append(quote).toString();
    }

    static boolean equal(Object a, Object b) {
        if (a instanceof Undefined || b instanceof Undefined) return a instanceof Undefined && b instanceof Undefined;
        if (isNumber(a) && isNumber(b)) return compareNumbers(a, b) == 0;
        if (a instanceof List<?> x && b instanceof List<?> y) {
            if (x.size() != y.size()) return false;
            for (int i = 0; i < x.size(); i++) {
                if (!equal(x.get(i), y.get(i))) return false;
            }
            return true;
        }
        if (a instanceof Map<?, ?> x && b instanceof Map<?, ?> y) {
            return x.size() == y.size() && x.entrySet().stream().allMatch(e -> y.containsKey(e.getKey()) && equal(e.getValue(), y.get(e.getKey())));
        }
        return Objects.equals(a, b);
    }

    /** Below, at or above 0; fails on what has no order. */
    static int compare(Object a, Object b) {
        if (isNumber(a) && isNumber(b)) return compareNumbers(a, b);
        if (a instanceof String x && b instanceof String y) return compareTexts(x, y);
        if (a instanceof List<?> x && b instanceof List<?> y) {
            for (int i = 0; i < Math.min(x.size(), y.size()); i++) {
                if (!equal(x.get(i), y.get(i))) return compare(x.get(i), y.get(i));
            }
            return Integer.compare(x.size(), y.size());
        }
        throw new TemplateException(kind(a) + " and " + kind(b) + " cannot be compared.");
    }

    /** By characters, not by halves of them. */
    private static int compareTexts(String a, String b) {
        int[] x = a.codePoints().toArray(), y = b.codePoints().toArray();
        return java.util.Arrays.compare(x, y);
    }

    private static int compareNumbers(Object a, Object b) {
        return whole(a) && whole(b) ? Long.compare(asLong(a), asLong(b)) : Double.compare(asDouble(a), asDouble(b));
    }

    /** True of whole numbers, floats and booleans, which Python counts among them. */
    static boolean isNumber(Object value) {
        return value instanceof Long || value instanceof Double || value instanceof Boolean;
    }

    static boolean whole(Object value) {
        return value instanceof Long || value instanceof Boolean;
    }

    static long asLong(Object value) {
        return switch (value) {
            case Long n -> n;
            case Boolean b -> b ? 1 : 0;
            default -> throw new TemplateException("a whole number is needed where " + kind(value) + " is given.");
        };
    }

    static double asDouble(Object value) {
        return value instanceof Double x ? x : asLong(value);
    }

    static String asText(Object value) {
        if (value instanceof String s) return s;
        throw new TemplateException("a string is needed where " + kind(value) + " is given.");
    }

    /** What a loop runs over, as a list. */
    static List<Object> items(Object value) {
        return switch (value) {
            case Undefined _ -> List.of();
            case List<?> list -> new ArrayList<>(list);
            case Map<?, ?> map -> new ArrayList<>(map.keySet());
            case String s -> new ArrayList<>(s.codePoints().mapToObj(Character::toString).toList());
            case null, default -> throw new TemplateException(kind(value) + " cannot be run through.");
        };
    }

    static boolean contains(Object container, Object value) {
        return switch (container) {
            case String s -> s.contains(asText(value));
            case Map<?, ?> map -> map.containsKey(value);
            case List<?> list -> list.stream().anyMatch(v -> equal(v, value));
            case Undefined _ -> false;
            case null, default -> throw new TemplateException(kind(container) + " contains nothing.");
        };
    }

    /** What a value is, for messages. */
    static String kind(Object value) {
        return switch (value) {
            case null -> "none";
            case Undefined u -> u.name() + ", which is undefined,";
            case Boolean _ -> "a boolean";
            case Long _ -> "a whole number";
            case Double _ -> "a number";
            case String _ -> "a string";
            case List<?> _ -> "a list";
            case Map<?, ?> _ -> "a dictionary";
            case Namespace _ -> "a namespace";
            default -> "a function";
        };
    }

    /** Any Java value of JSON's kinds as a template's. */
    static Object of(Object value) {
        return switch (value) {
            case null -> null;
            case Integer n -> (long) n;
            case Short n -> (long) n;
            case Float x -> (double) x;
            case Map<?, ?> map -> {
                var copy = new java.util.LinkedHashMap<Object, Object>();
                map.forEach((k, v) -> copy.put(of(k), of(v)));
                yield copy;
            }
            case Collection<?> list -> {
                var copy = new ArrayList<Object>();
                list.forEach(v -> copy.add(of(v)));
                yield copy;
            }
            case String _, Long _, Double _, Boolean _, Undefined _, Namespace _, Function _ -> value;
            default -> throw new TemplateException("a template can be given no " + value.getClass().getSimpleName() + ".");
        };
    }
}
