package dev.parley.tokenizer.jinja;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Python's "%" on strings: %s, %r, %d, %f and %%, with a width and a precision. */
final class Percent {

    private static final Pattern FIELD = Pattern.compile("%(0?\\d{0,3})(\\.\\d{1,2})?([srdif%])");

    private Percent() {}

    static String format(String format, Object value) {
        var values = value instanceof List<?> list ? list : List.of(value);
        var matcher = FIELD.matcher(format);
        var out = new StringBuilder();
        int from = 0, next = 0;
        while (matcher.find()) {
            out.append(format, from, matcher.start());
            from = matcher.end();
            if (matcher.group(3).equals("%")) {
                out.append('%');
                continue;
            }
            if (next == values.size()) throw new TemplateException("there are fewer values than fields to format.");
            out.append(field(matcher.group(1), matcher.group(2), matcher.group(3), values.get(next++)));
        }
        return out.append(format, from, format.length()).toString();
    }

    private static String field(String width, String precision, String kind, Object value) {
        return switch (kind) {
            case "s" -> String.format(Locale.ROOT, "%" + (width.isEmpty() || width.equals("0") ? "" : width.replaceFirst("^0", "")) + "s", Values.text(value));
            case "r" -> Values.repr(value);
            case "d", "i" -> String.format(Locale.ROOT, "%" + (width.equals("0") ? "" : width) + "d", (long) Values.asDouble(value));
            default -> String.format(Locale.ROOT, "%" + (width.equals("0") ? "" : width) + (precision == null ? ".6" : precision) + "f", Values.asDouble(value));
        };
    }
}
