package dev.parley.assist.turn;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The numbers in brackets by which an answer cites passages. Numbers that no passage has are taken out of it.
 *
 * @param text without them
 * @param numbers that are cited, in order
 */
record Citations(String text, List<Integer> numbers) {

    private static final Pattern CITED = Pattern.compile("[ \\u00a0]?[\\[【](\\d{1,3}(?:\\s*[,，、;]\\s*\\d{1,3})*)[\\]】]");

    /** Copies the list. */
    Citations {
        numbers = List.copyOf(numbers);
    }

    /**
     * @param passages that were given, numbered from 1
     */
    static Citations of(String answer, int passages) {
        var numbers = new TreeSet<Integer>();
        var text = new StringBuilder();
        var matcher = CITED.matcher(answer);
        var end = 0;
        while (matcher.find()) {
            text.append(answer, end, matcher.start());
            end = matcher.end();
            if (isInCode(answer, matcher.start())) {
                text.append(matcher.group());
                continue;
            }
            var known = new ArrayList<Integer>();
            for (var number : matcher.group(1).split("\\D+")) {
                var n = Integer.parseInt(number);
                if (n >= 1 && n <= passages && !known.contains(n)) known.add(n);
            }
            numbers.addAll(known);
            if (known.isEmpty()) continue;
            if (Character.isSpaceChar(matcher.group().charAt(0))) text.append(' ');
            known.forEach(n -> text.append('[').append(n).append(']'));
        }
        return new Citations(text.append(answer.substring(end)).toString(), List.copyOf(numbers));
    }

    /** {@code list[3]} between backticks cites nothing. */
    private static boolean isInCode(String answer, int place) {
        return answer.substring(0, place).chars().filter(c -> c == '`').count() % 2 == 1;
    }
}
