package dev.parley.data.cleaning;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.Character.UnicodeScript;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tells the language of a text: by its script, where the script has one language or a few with letters of their own, and in Latin script
 * by the words that carry no topic. Made for documents; a few words may be anything.
 *
 * <pre>{@code
 * LanguageDetector.of("这是一本关于茶的书。").language();   // zh
 * }</pre>
 */
public final class LanguageDetector {

    /** What text in no known language is said to be. */
    public static final String UNKNOWN = "und";

    private static final int SAMPLE = 4000;
    private static final int SAMPLES = 3;
    private static final double FEWEST_FUNCTION_WORDS = 0.08; // of all words; running text has 0.25 to 0.5
    private static final FunctionWords LATIN = FunctionWords.load();
    private static final Map<UnicodeScript, String> SCRIPTS = Map.ofEntries(Map.entry(UnicodeScript.HAN, "zh"),
            Map.entry(UnicodeScript.HANGUL, "ko"), Map.entry(UnicodeScript.GREEK, "el"), Map.entry(UnicodeScript.HEBREW, "he"),
            Map.entry(UnicodeScript.DEVANAGARI, "hi"), Map.entry(UnicodeScript.THAI, "th"), Map.entry(UnicodeScript.BENGALI, "bn"),
            Map.entry(UnicodeScript.TAMIL, "ta"), Map.entry(UnicodeScript.TELUGU, "te"), Map.entry(UnicodeScript.GEORGIAN, "ka"),
            Map.entry(UnicodeScript.ARMENIAN, "hy"), Map.entry(UnicodeScript.HIRAGANA, "ja"), Map.entry(UnicodeScript.CYRILLIC, "ru"),
            Map.entry(UnicodeScript.ARABIC, "ar"));

    private LanguageDetector() {}

    /**
     * A language.
     *
     * @param language its code of two letters (ISO 639-1), or {@link #UNKNOWN}
     * @param confidence from 0 to 1: how much of the text's letters are of its script, times its lead over the next language
     */
    public record Guess(String language, double confidence) {}

    /** The likeliest language. Of a long text pieces from its beginning, middle and end are read. */
    public static Guess of(String text) {
        var sample = sample(text);
        var scripts = scripts(sample);
        var letters = scripts.values().stream().mapToInt(n -> n).sum();
        if (letters == 0) return new Guess(UNKNOWN, 0);
        // Japanese mixes kana and Chinese characters; a fifth of kana tells it from Chinese that quotes some.
        int kana = scripts.getOrDefault(UnicodeScript.HIRAGANA, 0), han = scripts.getOrDefault(UnicodeScript.HAN, 0);
        if (kana > 0 && 5 * kana >= han) {
            scripts.merge(UnicodeScript.HIRAGANA, han, Integer::sum);
            scripts.remove(UnicodeScript.HAN);
        }
        var most = scripts.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow();
        var part = (double) most.getValue() / letters;
        return switch (most.getKey()) {
            case LATIN -> LATIN.guess(sample, part);
            case CYRILLIC -> new Guess(cyrillic(sample), part);
            case ARABIC -> new Guess(holdsAny(sample, "پچژگ") ? holdsAny(sample, "ٹڈڑے") ? "ur" : "fa" : "ar", part);
            default -> new Guess(SCRIPTS.getOrDefault(most.getKey(), UNKNOWN), part);
        };
    }

    private static String sample(String text) {
        if (text.length() <= SAMPLES * SAMPLE) return text;
        var sample = new StringBuilder();
        for (int i = 0; i < SAMPLES; i++) {
            var from = (int) ((long) (text.length() - SAMPLE) * i / (SAMPLES - 1));
            sample.append(text, from, from + SAMPLE).append(' ');
        }
        return sample.toString();
    }

    private static Map<UnicodeScript, Integer> scripts(String text) {
        var latin = 0;
        var counts = new EnumMap<UnicodeScript, Integer>(UnicodeScript.class);
        for (int i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            if (c < 0x80) {
                if ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') latin++;
            } else if (Character.isLetter(c)) {
                var script = UnicodeScript.of(c);
                counts.merge(script == UnicodeScript.KATAKANA ? UnicodeScript.HIRAGANA : script, 1, Integer::sum);
            }
        }
        counts.merge(UnicodeScript.LATIN, latin, Integer::sum);
        return counts;
    }

    private static String cyrillic(String text) {
        if (holdsAny(text, "іїєґ")) return holdsAny(text, "ў") ? "be" : "uk";
        if (holdsAny(text, "ђћљњџ")) return "sr";
        return holdsAny(text, "ыэё") ? "ru" : holdsAny(text, "ъ") ? "bg" : "ru";
    }

    private static boolean holdsAny(String text, String letters) {
        for (int i = 0; i < letters.length(); i++) if (text.indexOf(letters.charAt(i)) >= 0) return true;
        return false;
    }

    /** Languages in Latin script. @param words with the languages that use each @param letters likewise */
    private record FunctionWords(Map<String, String[]> words, Map<Character, String[]> letters) {

        static FunctionWords load() {
            var words = new HashMap<String, String[]>();
            var letters = new HashMap<Character, String[]>();
            try (var in = LanguageDetector.class.getResourceAsStream("function-words.txt");
                    var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
                for (var line : lines.lines().filter(l -> !l.startsWith("#")).toList()) {
                    var parts = line.split(" ");
                    if (parts[0].equals("letters")) {
                        for (var letter : parts[2].toCharArray()) letters.merge(letter, new String[] {parts[1]}, FunctionWords::joined);
                    } else {
                        for (int i = 1; i < parts.length; i++) words.merge(parts[i], new String[] {parts[0]}, FunctionWords::joined);
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException("The list of function words cannot be read.", e);
            }
            return new FunctionWords(words, letters);
        }

        private static String[] joined(String[] some, String[] one) {
            for (var language : some) if (language.equals(one[0])) return some;
            var all = java.util.Arrays.copyOf(some, some.length + 1);
            all[some.length] = one[0];
            return all;
        }

        Guess guess(String text, double part) {
            var scores = new LinkedHashMap<String, Double>();
            int all = 0, known = 0;
            for (int i = 0; i < text.length();) {
                if (!Character.isLetter(text.charAt(i))) {
                    i++;
                    continue;
                }
                var from = i;
                while (i < text.length() && Character.isLetter(text.charAt(i))) i++;
                all++;
                var word = text.substring(from, i).toLowerCase(java.util.Locale.ROOT);
                var languages = words.get(word);
                if (languages != null) known++;
                add(scores, languages, 1);
                for (int k = 0; k < word.length(); k++) if (word.charAt(k) >= 0x80) add(scores, letters.get(word.charAt(k)), 0.5);
            }
            if (known < FEWEST_FUNCTION_WORDS * all) return new Guess(UNKNOWN, 0);
            var best = scores.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow();
            var second = scores.entrySet().stream().filter(e -> e != best).mapToDouble(Map.Entry::getValue).max().orElse(0);
            return new Guess(best.getKey(), part * best.getValue() / (best.getValue() + second));
        }

        /** A word of one language tells more than one of many. */
        private static void add(Map<String, Double> scores, String[] languages, double weight) {
            if (languages == null) return;
            for (var language : languages) scores.merge(language, weight / languages.length, Double::sum);
        }
    }
}
