package dev.parley.data.cleaning;

import java.util.Optional;
import java.util.Set;

/**
 * Puts {@code [email]}, {@code [phone]}, {@code [card]} and {@code [ip]} in the place of what leads to a person.
 *
 * @param kinds what is masked
 */
public record Masking(Set<Kind> kinds) implements CleaningStep {

    /** What can be masked. */
    public enum Kind {
        /** Addresses with an at sign and a domain of two parts or more. */
        EMAIL("[email]"),
        /** {@code +} and 8 to 15 digits in groups; 3-3-4 digits with separators as in North America; Chinese mobile numbers. */
        PHONE("[phone]"),
        /** 13 to 19 digits, alone or in groups, whose check digit is right (Luhn; ISO/IEC 7812-1). */
        CARD("[card]"),
        /** Addresses of IPv4 that are not of private networks. */
        IP("[ip]");

        private final String mask;

        Kind(String mask) {
            this.mask = mask;
        }

        String mask() {
            return mask;
        }
    }

    /** Copies the set. */
    public Masking {
        kinds = Set.copyOf(kinds);
    }

    @Override
    public String name() {
        return "mask";
    }

    @Override
    public Outcome apply(DocumentDraft draft) {
        var text = draft.text();
        StringBuilder masked = null;
        var copied = 0;
        for (int i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            if (c > '@' || c < '(' || c > '9' && c < '@') continue;
            var found = c == '@' ? email(text, i, copied) : number(text, i);
            if (found == null) continue;
            if (masked == null) masked = new StringBuilder(text.length());
            masked.append(text, copied, found.from()).append(found.kind().mask());
            copied = found.to();
            i = copied - 1;
        }
        if (masked == null) return new Outcome.Kept(draft);
        return new Outcome.Kept(draft.with(masked.append(text, copied, text.length()).toString()));
    }

    /** A place in the text. */
    record Found(Kind kind, int from, int to) {}

    private Found email(String text, int at, int least) {
        if (!kinds.contains(Kind.EMAIL)) return null;
        var from = at;
        while (from > least && isOfName(text.charAt(from - 1))) from--;
        while (from < at && text.charAt(from) == '.') from++;
        var to = at + 1;
        var dot = -1;
        while (to < text.length() && (isAlphanumeric(text.charAt(to)) || "-.".indexOf(text.charAt(to)) >= 0)) {
            if (text.charAt(to) == '.' && to + 1 < text.length() && isAlphanumeric(text.charAt(to + 1))) dot = to;
            to++;
        }
        while (to > at && !isAlphanumeric(text.charAt(to - 1))) to--;
        return from == at || dot < at + 2 || to - dot < 3 || Character.isDigit(text.charAt(dot + 1)) ? null : new Found(Kind.EMAIL, from, to);
    }

    private static boolean isOfName(char c) {
        return isAlphanumeric(c) || "._%+-".indexOf(c) >= 0;
    }

    private static boolean isAlphanumeric(char c) {
        return c >= '0' && c <= '9' || (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
    }

    private Found number(String text, int i) {
        if (i > 0 && (isAlphanumeric(text.charAt(i - 1)) || "._/=-+".indexOf(text.charAt(i - 1)) >= 0)) return null;
        var groups = DigitGroups.at(text, i);
        if (groups == null) return null;
        for (int n = groups.groups().size(); n > 0; n--) { // a year or a price may follow behind a space
            var kind = groups.first(n).flatMap(this::kind);
            if (kind.isPresent()) return new Found(kind.get(), i, groups.ends().get(n - 1));
        }
        return null;
    }

    private Optional<Kind> kind(DigitGroups groups) {
        if (kinds.contains(Kind.IP) && groups.isPublicAddress()) return Optional.of(Kind.IP);
        if (kinds.contains(Kind.CARD) && groups.isCard()) return Optional.of(Kind.CARD);
        return kinds.contains(Kind.PHONE) && groups.isPhone() ? Optional.of(Kind.PHONE) : Optional.empty();
    }
}
