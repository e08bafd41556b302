package dev.parley.data;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Makes one question look as different people type it: case, punctuation, a polite word before or after, a typo. */
public final class Rephrase {

    private static final List<String> BEFORE = List.of("Please, ", "Hey, ", "So, ", "Well, ", "Hi, ", "Now ", "Um, ", "And ", "Ok, ",
            "Parley, ");
    private static final List<String> AFTER = List.of(" please", ", please", " now", " then", ", Parley");
    private static final List<String> CHINESE_BEFORE = List.of("请问", "你好,", "那么,", "嗯,", "好,");

    private Rephrase() {}

    /** A variant of a question; most often a small one. */
    public static String vary(String question, RandomGenerator random) {
        return isChinese(question) ? chinese(question, random) : english(question, random);
    }

    /** A text without case, punctuation and spaces: what is the same folded is the same question. */
    static String folded(String text) {
        return text.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]", "");
    }

    /** All that {@link #vary} can make of a question, folded. */
    static Set<String> variants(String question) {
        var body = folded(question);
        var variants = new LinkedHashSet<String>();
        for (var before : with(isChinese(question) ? CHINESE_BEFORE : BEFORE)) {
            for (var after : with(isChinese(question) ? List.of() : AFTER)) {
                variants.add(folded(before) + body + folded(after));
                if (!isChinese(question)) typos(before + withoutEnd(question) + after).map(Rephrase::folded).forEach(variants::add);
            }
        }
        return variants;
    }

    private static List<String> with(List<String> words) {
        var choices = new ArrayList<>(words);
        choices.add("");
        return choices;
    }

    /** Whether any of it is written in Han characters. */
    static boolean isChinese(String text) {
        return text.codePoints().anyMatch(c -> Character.UnicodeScript.of(c) == Character.UnicodeScript.HAN);
    }

    private static String english(String question, RandomGenerator random) {
        var body = withoutEnd(question);
        var end = question.substring(body.length());
        if (random.nextInt(8) == 0) body = pick(BEFORE, random) + lowerFirst(body);
        if (random.nextInt(10) == 0) body += pick(AFTER, random);
        if (random.nextInt(12) == 0 && body.length() > 8) body = typo(body, random);
        end = switch (random.nextInt(8)) {
            case 0 -> "";
            case 1 -> end.isEmpty() ? "." : end;
            case 2 -> end.isEmpty() ? "!" : end;
            default -> end;
        };
        return switch (random.nextInt(8)) {
            case 0, 1 -> (body + end).toLowerCase(Locale.ROOT);
            case 2 -> lowerFirst(body) + end;
            default -> body + end;
        };
    }

    private static String chinese(String question, RandomGenerator random) {
        var text = question;
        if (random.nextInt(8) == 0 && !text.startsWith("请") && !text.startsWith("你好")) text = pick(CHINESE_BEFORE, random) + text;
        if (random.nextInt(6) == 0) text = text.replaceAll("[?？]$", "");
        return random.nextInt(3) == 0 ? text.replace('?', '？').replace(',', '，') : text;
    }

    /** Without the mark at its end. */
    static String withoutEnd(String question) {
        return question.matches(".*[?.!]") ? question.substring(0, question.length() - 1) : question;
    }

    /** Two neighbours swapped, or one letter left out. */
    private static String typo(String text, RandomGenerator random) {
        var at = 1 + random.nextInt(text.length() - 2);
        if (!isTypoAt(text, at)) return text;
        return random.nextBoolean() ? leftOut(text, at) : swapped(text, at);
    }

    private static Stream<String> typos(String text) {
        return IntStream.range(1, text.length() - 1).filter(at -> isTypoAt(text, at)).boxed()
                .flatMap(at -> Stream.of(leftOut(text, at), swapped(text, at)));
    }

    private static boolean isTypoAt(String text, int at) {
        return Character.isLetter(text.charAt(at)) && Character.isLetter(text.charAt(at + 1));
    }

    private static String leftOut(String text, int at) {
        return text.substring(0, at) + text.substring(at + 1);
    }

    private static String swapped(String text, int at) {
        return text.substring(0, at) + text.charAt(at + 1) + text.charAt(at) + text.substring(at + 2);
    }

    /** As it goes on in a sentence. */
    static String lowerFirst(String text) {
        return text.startsWith("I ") || text.startsWith("I'") ? text : Character.toLowerCase(text.charAt(0)) + text.substring(1);
    }

    private static String pick(List<String> choices, RandomGenerator random) {
        return choices.get(random.nextInt(choices.size()));
    }
}
