package dev.parley.tokenizer.jinja;

import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Python's strftime, for the fields that dates and times have. */
final class Strftime {

    private Strftime() {}

    static String format(ZonedDateTime time, String format) {
        var out = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            var c = format.charAt(i);
            if (c != '%' || i + 1 == format.length()) {
                out.append(c);
                continue;
            }
            var field = format.charAt(++i);
            if (field == '-' && i + 1 < format.length()) out.append(of(time, format.charAt(++i)).replaceFirst("^0(?=.)", ""));
            else out.append(of(time, field));
        }
        return out.toString();
    }

    private static String of(ZonedDateTime time, char field) {
        var pattern = switch (field) {
            case 'd' -> "dd";
            case 'm' -> "MM";
            case 'y' -> "uu";
            case 'Y' -> "uuuu";
            case 'b', 'h' -> "MMM";
            case 'B' -> "MMMM";
            case 'a' -> "EEE";
            case 'A' -> "EEEE";
            case 'H' -> "HH";
            case 'I' -> "hh";
            case 'M' -> "mm";
            case 'S' -> "ss";
            case 'p' -> "a";
            case 'j' -> "DDD";
            case 'Z' -> "zzz";
            case 'z' -> "xx";
            case 'f' -> "SSSSSS";
            case 'F' -> "uuuu-MM-dd";
            case 'T' -> "HH:mm:ss";
            case 'D' -> "MM/dd/uu";
            case '%' -> "'%'";
            default -> throw new TemplateException("strftime_now does not know %" + field + ".");
        };
        return time.format(DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH));
    }
}
