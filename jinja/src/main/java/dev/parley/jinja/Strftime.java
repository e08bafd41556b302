package dev.parley.jinja;

import java.time.LocalDateTime;
import java.time.format.TextStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.util.Locale;

/** A point in time as Python's strftime writes it in the C locale. */
final class Strftime {

    private Strftime() {}

    static String format(String format, LocalDateTime time) {
        var out = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            var c = format.charAt(i);
            if (c != '%' || i + 1 == format.length()) {
                out.append(c);
                continue;
            }
            var unpadded = format.charAt(i + 1) == '-' && i + 2 < format.length();
            if (unpadded) i++;
            var field = field(format.charAt(++i), time);
            out.append(unpadded ? field.replaceFirst("^[0 ]+(?=.)", "") : field);
        }
        return out.toString();
    }

    private static String field(char letter, LocalDateTime time) {
        return switch (letter) {
            case 'a' -> time.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
            case 'A' -> time.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case 'b', 'h' -> time.getMonth().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
            case 'B' -> time.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case 'c' -> format("%a %b %e %H:%M:%S %Y", time);
            case 'C' -> digits("%02d", time.getYear() / 100);
            case 'd' -> digits("%02d", time.getDayOfMonth());
            case 'D', 'x' -> format("%m/%d/%y", time);
            case 'e' -> digits("%2d", time.getDayOfMonth());
            case 'f' -> digits("%06d", time.getNano() / 1000);
            case 'F' -> format("%Y-%m-%d", time);
            case 'H' -> digits("%02d", time.getHour());
            case 'I' -> digits("%02d", time.get(ChronoField.CLOCK_HOUR_OF_AMPM));
            case 'j' -> digits("%03d", time.getDayOfYear());
            case 'm' -> digits("%02d", time.getMonthValue());
            case 'M' -> digits("%02d", time.getMinute());
            case 'n' -> "\n";
            case 'p' -> time.getHour() < 12 ? "AM" : "PM";
            case 'r' -> format("%I:%M:%S %p", time);
            case 'R' -> format("%H:%M", time);
            case 'S' -> digits("%02d", time.getSecond());
            case 't' -> "\t";
            case 'T', 'X' -> format("%H:%M:%S", time);
            case 'u' -> String.valueOf(time.getDayOfWeek().getValue());
            case 'w' -> String.valueOf(time.getDayOfWeek().getValue() % 7);
            case 'G' -> String.valueOf(time.get(IsoFields.WEEK_BASED_YEAR));
            case 'V' -> digits("%02d", time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
            case 'U' -> digits("%02d", (time.getDayOfYear() + 6 - time.getDayOfWeek().getValue() % 7) / 7);
            case 'W' -> digits("%02d", (time.getDayOfYear() + 6 - (time.getDayOfWeek().getValue() + 6) % 7) / 7);
            case 'y' -> digits("%02d", time.getYear() % 100);
            case 'Y' -> String.valueOf(time.getYear());
            case 'z', 'Z' -> ""; // a time without a zone
            case '%' -> "%";
            default -> throw new Fault("strftime_now does not know the field '%" + letter + "'");
        };
    }

    private static String digits(String format, int number) {
        return String.format(Locale.ROOT, format, number);
    }
}
