package dev.parley.grammar;

import java.util.Map;
import java.util.Optional;

/** The formats of strings that JSON Schema names, as regular expressions (RFC 3339 for dates and times, RFC 4122 for UUIDs). */
final class Formats {

    private static final String LEAP_YEAR = "(\\d\\d(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)";
    private static final String DATE = "(\\d{4}-((0[13578]|1[02])-(0[1-9]|[12]\\d|3[01])|(0[469]|11)-(0[1-9]|[12]\\d|30)|02-(0[1-9]|1\\d|"
            + "2[0-8]))|"
            + LEAP_YEAR + "-02-29)";
    private static final String TIME = "([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,9})?(Z|(\\+(0\\d|1[0-3])|-(0[1-9]|1[01])):[0-5]\\d)";
    private static final String BYTE = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    private static final String LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,20}[A-Za-z0-9])?";
    private static final String HOST = LABEL + "(\\." + LABEL + "){0,6}";
    private static final String LOCAL = "[A-Za-z0-9_+-]{1,20}(\\.[A-Za-z0-9_+-]{1,20}){0,2}";
    private static final String BOUND = "{0,200}";
    private static final String PATH = "[A-Za-z0-9._~!$&'()*+,;=:@/-]" + BOUND;

    private static final Map<String, String> REGEX = Map.ofEntries(Map.entry("date", DATE), Map.entry("time", TIME),
            Map.entry("date-time", DATE + "T" + TIME),
            Map.entry("duration",
                    "P(\\d{1,4}W|(\\d{1,4}Y(\\d{1,4}M(\\d{1,4}D)?)?|\\d{1,4}M(\\d{1,4}D)?|\\d{1,4}D)(T(\\d{1,4}H(\\d{1,4}M(\\d{1,4}S)?)"
                            + "?|\\d{1,4}M(\\d{1,4}S)?|\\d{1,4}S))?"
                            + "|T(\\d{1,4}H(\\d{1,4}M(\\d{1,4}S)?)?|\\d{1,4}M(\\d{1,4}S)?|\\d{1,4}S))"),
            Map.entry("uuid", "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"), Map.entry("ipv4", BYTE + "(\\." + BYTE + "){3}"),
            Map.entry("ipv6", "[0-9a-fA-F]{1,4}(:[0-9a-fA-F]{1,4}){7}"), Map.entry("hostname", HOST),
            Map.entry("email", LOCAL + "@" + HOST + "\\.[A-Za-z]{2,6}"),
            Map.entry("uri", "https?://" + HOST + "(:[1-9]\\d{0,3})?(/" + PATH + ")?(\\?" + PATH + ")?(#" + PATH + ")?"));

    private Formats() {}

    /**
     * What a format asks of a string; empty where it is one that is only a remark (JSON Schema 2020-12, Validation, 7.2.1).
     * @param isBounded by a length
     */
    static Optional<Expression> of(String format, boolean isBounded, Work work) {
        // A path has a bound of its own so that no text goes on for ever; beside another bound it would only be counted twice.
        return Optional.ofNullable(REGEX.get(format)).map(regex -> Regex.whole(isBounded ? regex.replace(BOUND, "*") : regex, work));
    }

    static boolean isKnown(String format) {
        return REGEX.containsKey(format);
    }
}
