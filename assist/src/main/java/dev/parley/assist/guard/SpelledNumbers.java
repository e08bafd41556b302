package dev.parley.assist.guard;

import java.math.BigDecimal;
import java.util.Map;

/** Numbers as amounts are written: in digits, in English words up to hundreds, in Chinese characters up to thousands, and halves. */
final class SpelledNumbers {

    private static final String WORD = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|"
            + "seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|half";

    /** What a number looks like, in lower case. */
    static final String PATTERN = "(\\d[\\d,]*(?:\\.\\d+)?|(?<![a-z])(?:" + WORD + ")(?:[ -](?:and[ -])?(?:" + WORD
            + "))*|[一二两三四五六七八九十百千零半]+)";

    private static final Map<String, Integer> WORDS = Map.ofEntries(Map.entry("one", 1), Map.entry("two", 2), Map.entry("three", 3),
            Map.entry("four", 4), Map.entry("five", 5), Map.entry("six", 6), Map.entry("seven", 7), Map.entry("eight", 8),
            Map.entry("nine", 9), Map.entry("ten", 10), Map.entry("eleven", 11), Map.entry("twelve", 12), Map.entry("thirteen", 13),
            Map.entry("fourteen", 14), Map.entry("fifteen", 15), Map.entry("sixteen", 16), Map.entry("seventeen", 17),
            Map.entry("eighteen", 18), Map.entry("nineteen", 19), Map.entry("twenty", 20), Map.entry("thirty", 30),
            Map.entry("forty", 40), Map.entry("fifty", 50), Map.entry("sixty", 60), Map.entry("seventy", 70), Map.entry("eighty", 80),
            Map.entry("ninety", 90));
    private static final BigDecimal HALF = new BigDecimal("0.5");

    private SpelledNumbers() {}

    /** The value of what {@link #PATTERN} found. */
    static BigDecimal value(String number) {
        if (Character.isDigit(number.charAt(0))) return digits(number);
        return number.charAt(0) < 0x80 ? english(number) : chinese(number);
    }

    /** A comma before three digits parts thousands; any other is a decimal point. */
    private static BigDecimal digits(String number) {
        var plain = number.replaceAll(",+$", "");
        return new BigDecimal(
                plain.matches("\\d+(?:,\\d{3})*(?:\\.\\d+)?") ? plain.replace(",", "") : plain.replaceFirst(",", ".").replace(",", ""));
    }

    private static BigDecimal english(String number) {
        var sum = 0;
        var half = BigDecimal.ZERO;
        for (var word : number.split("[ -]")) {
            switch (word) {
                case "and" -> {}
                case "half" -> half = HALF;
                case "hundred" -> sum = Math.max(sum, 1) * 100;
                case "thousand" -> sum = Math.max(sum, 1) * 1_000;
                default -> sum += WORDS.get(word);
            }
        }
        return BigDecimal.valueOf(sum).add(half);
    }

    private static BigDecimal chinese(String number) {
        int sum = 0, digit = 0;
        var half = BigDecimal.ZERO;
        for (var c : number.toCharArray()) {
            var unit = switch (c) {
                case '十' -> 10;
                case '百' -> 100;
                case '千' -> 1_000;
                default -> 0;
            };
            if (c == '零') continue;
            if (c == '半') {
                half = HALF;
            } else if (unit > 0) {
                sum += Math.max(digit, 1) * unit;
                digit = 0;
            } else {
                digit = c == '两' ? 2 : "一二三四五六七八九".indexOf(c) + 1;
            }
        }
        return BigDecimal.valueOf(sum + (long) digit).add(half);
    }
}
