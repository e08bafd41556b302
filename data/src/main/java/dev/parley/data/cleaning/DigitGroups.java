package dev.parley.data.cleaning;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Digits in groups as people write long numbers: {@code +49 30 1234567}, {@code (212) 555-0199}, {@code 4111-1111-1111-1111}.
 *
 * @param plus whether a plus sign stands before them
 * @param groups the digits between separators
 * @param separators before the second group, the third, …
 * @param ends where each group ends in the text
 */
record DigitGroups(boolean plus, List<String> groups, List<String> separators, List<Integer> ends) {

    private static final int MOST_DIGITS = 40;
    private static final int FEWEST_DIGITS = 4; // of the shortest address, 1.2.3.4

    /** What begins here, or null where no digits do. */
    static DigitGroups at(String text, int from) {
        if (!hasEnoughDigits(text, from)) return null;
        var at = from;
        var plus = text.charAt(at) == '+';
        if (plus) at++;
        var bracket = at < text.length() && text.charAt(at) == '(';
        if (bracket) at++;
        var groups = new ArrayList<String>();
        var separators = new ArrayList<String>();
        var ends = new ArrayList<Integer>();
        var end = at;
        for (int digits = 0; digits < MOST_DIGITS;) {
            var begin = end;
            while (end < text.length() && isDigit(text, end)) end++;
            if (end == begin) return null;
            digits += end - begin;
            groups.add(text.substring(begin, end));
            ends.add(end);
            var next = separatorEnd(text, end);
            if (next < 0) break;
            separators.add(text.substring(end, next));
            end = next;
        }
        var endsInWord = end < text.length()
                && (Character.isLetter(text.charAt(end)) && text.charAt(end) < 0x80 || text.charAt(end) == '_');
        if (endsInWord) groups.removeLast();
        return groups.isEmpty() ? null : new DigitGroups(plus, groups, separators.subList(0, groups.size() - 1), ends);
    }

    private static boolean hasEnoughDigits(String text, int from) {
        var digits = 0;
        for (int i = from; i < text.length() && digits < FEWEST_DIGITS; i++) {
            if (isDigit(text, i)) digits++;
            else if ("+ -.()".indexOf(text.charAt(i)) < 0) return false;
        }
        return digits == FEWEST_DIGITS;
    }

    /** The first groups alone; none where what parts them from the next is more than a space. */
    Optional<DigitGroups> first(int n) {
        if (n < groups.size() && !separators.get(n - 1).equals(" ")) return Optional.empty();
        return Optional.of(new DigitGroups(plus, groups.subList(0, n), separators.subList(0, n - 1), ends.subList(0, n)));
    }

    private static boolean isDigit(String text, int at) {
        return at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9';
    }

    /** Where the next group begins behind one separator, or -1. */
    private static int separatorEnd(String text, int at) {
        if (at == text.length()) return -1;
        var c = text.charAt(at);
        if ((c == ' ' || c == '-' || c == '.') && isDigit(text, at + 1)) return at + 1;
        if (c == ' ' && at + 1 < text.length() && text.charAt(at + 1) == '(' && isDigit(text, at + 2)) return at + 2;
        if (c != ')') return -1;
        if (isDigit(text, at + 1)) return at + 1;
        return at + 1 < text.length() && " -".indexOf(text.charAt(at + 1)) >= 0 && isDigit(text, at + 2) ? at + 2 : -1;
    }

    private String digits() {
        return String.join("", groups);
    }

    private boolean separatedBy(String separator) {
        return separators.stream().allMatch(separator::equals);
    }

    boolean isPublicAddress() {
        if (plus || groups.size() != 4 || !separatedBy(".")) return false;
        for (var group : groups) if (group.length() > 3 || Integer.parseInt(group) > 255) return false;
        int first = Integer.parseInt(groups.get(0)), second = Integer.parseInt(groups.get(1));
        return first != 0 && first != 10 && first != 127 && !(first == 192 && second == 168)
                && !(first == 172 && second >= 16 && second < 32);
    }

    boolean isCard() {
        var digits = digits();
        if (plus || digits.length() < 13 || digits.length() > 19 || digits.charAt(0) < '2' || digits.charAt(0) > '6') return false;
        if (groups.size() > 1 && (!separatedBy(" ") && !separatedBy("-") || groups.stream().limit(groups.size() - 1L)
                .anyMatch(g -> g.length() < 4 || g.length() > 6)))
            return false;
        var sum = 0;
        for (int i = 0; i < digits.length(); i++) {
            var digit = digits.charAt(digits.length() - 1 - i) - '0';
            sum += i % 2 == 0 ? digit : digit < 5 ? 2 * digit : 2 * digit - 9;
        }
        return sum % 10 == 0;
    }

    boolean isPhone() {
        var digits = digits();
        if (plus) return digits.length() >= 8 && digits.length() <= 15;
        if (groups.size() == 1) return digits.length() == 11 && digits.charAt(0) == '1' && digits.charAt(1) >= '3';
        var lengths = groups.stream().map(String::length).toList();
        if (lengths.equals(List.of(3, 4, 4))) return digits.charAt(0) == '1' && digits.charAt(1) >= '3';
        var north = lengths.equals(List.of(1, 3, 3, 4)) && digits.charAt(0) == '1' ? 1 : lengths.equals(List.of(3, 3, 4)) ? 0 : -1;
        return north >= 0 && groups.get(north).charAt(0) >= '2' && groups.get(north + 1).charAt(0) >= '2';
    }
}
