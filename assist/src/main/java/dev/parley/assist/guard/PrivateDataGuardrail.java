package dev.parley.assist.guard;

import java.math.BigInteger;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Masks private data: addresses of mail, telephone numbers, card numbers (checked by Luhn's digit), identity numbers of Chinese residents
 * (GB 11643, checked), and IBANs (ISO 13616, checked). In an answer, what stands in a passage or the system prompt may be said: a
 * shop's own address is not private. Nor are numbers that cost the caller nothing.
 */
public final class PrivateDataGuardrail implements Guardrail {

    /** What is masked. The order is that of the search: a long number is tried as an identity number before it is one of a telephone. */
    enum Kind {
        EMAIL("(?<![\\w.+-])[\\p{L}\\p{N}._%+-]{1,64}@(?:[\\p{L}\\p{N}-]{1,63}\\.)+\\p{L}{2,24}", text -> true),
        IBAN("(?<![A-Za-z0-9])[A-Za-z]{2}\\d{2}(?:[ -]?[A-Za-z0-9]){11,30}(?![A-Za-z0-9])", PrivateDataGuardrail::isIban),
        RESIDENT_ID("(?<![\\dXx])[1-9]\\d{5}\\s?(?:19|20)\\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\\d|3[01])\\s?\\d{3}[\\dXx](?![\\dXx])",
                PrivateDataGuardrail::isResidentId),
        CARD("(?<!\\d)(?:\\d[ -]?){12,18}\\d(?!\\d)", PrivateDataGuardrail::isCard),
        PHONE("(?<![\\d.])(?:\\+?86[ -]?)?1[3-9]\\d(?:[ -]?\\d{4}){2}(?!\\d)|(?<![\\d.])\\+\\d{1,3}[ .-]?(?:\\(?\\d{1,4}\\)?[ "
                + ".-]?){2,4}\\d{2,4}(?!\\d)"
                + "|(?<![\\d.])\\(\\d{3}\\) ?\\d{3}[ "
                + ".-]\\d{4}(?!\\d)|(?<![\\d.-])(?:1[.-])?\\d{3}[.-]\\d{3}[.-]\\d{4}(?![\\d-])"
                + "|(?<![\\d.-])0\\d{2,4}[ -]\\d{3,4}[ -]?\\d{3,4}(?![\\d-])",
                PrivateDataGuardrail::isPhone);

        private final Pattern pattern;
        private final Predicate<String> check;

        Kind(String pattern, Predicate<String> check) {
            this.pattern = Pattern.compile(pattern);
            this.check = check;
        }

        private String mask() {
            return "[" + name().toLowerCase(Locale.ROOT).replace('_', ' ') + "]";
        }
    }

    private final Set<Kind> kinds;
    private final Set<Stage> stages;

    private PrivateDataGuardrail(Set<Kind> kinds, Set<Stage> stages) {
        this.kinds = kinds;
        this.stages = Set.copyOf(stages);
    }

    /** Options: {@code kinds} (all if missing) and {@code stages} (input, retrieval, tool_result, output; output if missing). */
    static PrivateDataGuardrail read(GuardrailOptions options) {
        return new PrivateDataGuardrail(named(Kind.class, options.texts("kinds"), options, "kinds", EnumSet.allOf(Kind.class)),
                named(Stage.class, options.texts("stages"), options, "stages", EnumSet.of(Stage.OUTPUT)));
    }

    private static <E extends Enum<E>> Set<E> named(Class<E> type, List<String> names, GuardrailOptions options, String option,
            Collection<E> otherwise) {
        var found = EnumSet.noneOf(type);
        for (var name : names) {
            try {
                found.add(Enum.valueOf(type, name.toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                throw options.wrong(option, "a list of " + EnumSet.allOf(type).toString().toLowerCase(Locale.ROOT));
            }
        }
        return found.isEmpty() ? EnumSet.copyOf(otherwise) : found;
    }

    @Override
    public String name() {
        return "private_data";
    }

    @Override
    public Set<Stage> stages() {
        return stages;
    }

    @Override
    public Verdict judge(Stage stage, String text, TurnContext turn) {
        var met = new LinkedHashSet<String>();
        var masked = narrow(text);
        for (var kind : kinds) {
            masked = kind.pattern.matcher(masked).replaceAll(found -> {
                if (!kind.check.test(found.group()) || stage == Stage.OUTPUT && isGiven(found.group(), turn))
                    return Matcher.quoteReplacement(found.group());
                met.add(kind.name().toLowerCase(Locale.ROOT));
                return kind.mask();
            });
        }
        if (met.isEmpty()) return Verdict.PASS;
        return new Verdict.Replace(masked, String.join(",", met),
                "Private data was masked (" + String.join(", ", met).replace('_', ' ') + ").");
    }

    /** Wide digits and signs as the usual ones, which all patterns are of. */
    private static String narrow(String text) {
        var narrow = new StringBuilder(text);
        for (int i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            if (c >= '０' && c <= '９' || c == '＠' || c == '．' || c == '－' || c == '＋') narrow.setCharAt(i, (char) (c - 0xFEE0));
        }
        return narrow.toString();
    }

    private static boolean isGiven(String found, TurnContext turn) {
        return turn.systemPrompt().contains(found) || turn.passages().stream().anyMatch(passage -> passage.contains(found));
    }

    private static boolean isPhone(String text) {
        var digits = digits(text);
        return digits.length() >= 9 && digits.length() <= 15 && !digits.matches("1?8(?:00|33|44|55|66|77|88)\\d{7}|[48]00\\d{7}");
    }

    private static String digits(String text) {
        return text.replaceAll("\\D", "");
    }

    /** Luhn's check (ISO/IEC 7812-1, annex B), and a first digit that cards have. */
    private static boolean isCard(String text) {
        var digits = digits(text);
        var sum = 0;
        for (int i = 0; i < digits.length(); i++) {
            var digit = digits.charAt(digits.length() - 1 - i) - '0';
            sum += i % 2 == 0 ? digit : digit < 5 ? 2 * digit : 2 * digit - 9;
        }
        return sum % 10 == 0 && "23456".indexOf(digits.charAt(0)) >= 0;
    }

    /** ISO 7064, MOD 11-2. */
    private static boolean isResidentId(String text) {
        var id = text.replaceAll("\\s", "").toUpperCase(Locale.ROOT);
        var sum = 0;
        for (int i = 0; i < 17; i++) sum += (id.charAt(i) - '0') * (1 << (17 - i)) % 11;
        return id.charAt(17) == "10X98765432".charAt(sum % 11);
    }

    /** ISO 7064, MOD 97-10: the first four characters to the end, letters as 10 to 35. */
    private static boolean isIban(String text) {
        var iban = text.replaceAll("[ -]", "").toUpperCase(Locale.ROOT);
        if (iban.length() < 15 || iban.length() > 34) return false;
        var number = new StringBuilder();
        (iban.substring(4) + iban.substring(0, 4)).chars().forEach(c -> number.append(Character.digit(c, 36)));
        return new BigInteger(number.toString()).mod(BigInteger.valueOf(97)).intValue() == 1;
    }
}
