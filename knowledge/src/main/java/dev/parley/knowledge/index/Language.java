package dev.parley.knowledge.index;

import java.lang.Character.UnicodeScript;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.cjk.CJKAnalyzer;
import org.apache.lucene.analysis.cn.smart.SmartChineseAnalyzer;
import org.apache.lucene.analysis.de.GermanAnalyzer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.es.SpanishAnalyzer;
import org.apache.lucene.analysis.fr.FrenchAnalyzer;
import org.apache.lucene.analysis.it.ItalianAnalyzer;
import org.apache.lucene.analysis.nl.DutchAnalyzer;
import org.apache.lucene.analysis.pt.PortugueseAnalyzer;
import org.apache.lucene.analysis.ru.RussianAnalyzer;
import org.apache.lucene.analysis.standard.StandardAnalyzer;

/**
 * The languages that are told apart, by script and, in Latin script, by their most frequent words; each with the analyser that makes
 * terms of its words. Chinese is cut into words by smartcn's hidden Markov model, Japanese and Korean into pairs of characters.
 */
public enum Language {

    EN(EnglishAnalyzer::new, EnglishAnalyzer.getDefaultStopSet()), //
    ZH(SmartChineseAnalyzer::new, Set.of()), //
    JA(CJKAnalyzer::new, Set.of()), //
    KO(CJKAnalyzer::new, Set.of()), //
    DE(GermanAnalyzer::new, GermanAnalyzer.getDefaultStopSet()), //
    FR(FrenchAnalyzer::new, FrenchAnalyzer.getDefaultStopSet()), //
    ES(SpanishAnalyzer::new, SpanishAnalyzer.getDefaultStopSet()), //
    IT(ItalianAnalyzer::new, ItalianAnalyzer.getDefaultStopSet()), //
    PT(PortugueseAnalyzer::new, PortugueseAnalyzer.getDefaultStopSet()), //
    NL(DutchAnalyzer::new, DutchAnalyzer.getDefaultStopSet()), //
    RU(RussianAnalyzer::new, Set.of()), //
    UND(StandardAnalyzer::new, Set.of());

    /** Enough of a text to tell its language by. */
    private static final int LOOKED_AT = 2_000;

    private final Supplier<Analyzer> analyzer;
    private final Set<?> frequent;

    Language(Supplier<Analyzer> analyzer, Set<?> frequent) {
        this.analyzer = analyzer;
        this.frequent = frequent;
    }

    /** Its code of two letters, or {@code und}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The language of a code; {@link #UND} of another one. */
    public static Language of(String code) {
        for (var language : values()) if (language.code().equals(code)) return language;
        return UND;
    }

    Analyzer newAnalyzer() {
        return analyzer.get();
    }

    /** The language of a text. */
    public static Language ofText(String text) {
        int han = 0;
        int kana = 0;
        int hangul = 0;
        int cyrillic = 0;
        int latin = 0;
        int others = 0;
        for (int i = 0; i < Math.min(text.length(), LOOKED_AT); i++) {
            var c = text.charAt(i);
            if (!Character.isLetter(c)) continue;
            switch (UnicodeScript.of(c)) {
                case HAN -> han++;
                case HIRAGANA, KATAKANA -> kana++;
                case HANGUL -> hangul++;
                case CYRILLIC -> cyrillic++;
                case LATIN -> latin++;
                default -> others++;
            }
        }
        // a character of these scripts says as much as four letters or so
        if (4 * (han + kana + hangul) > latin + cyrillic + others) {
            if (hangul > han + kana) return KO;
            return 10 * kana > han ? JA : ZH;
        }
        if (others > latin && others > cyrillic) return UND;
        if (cyrillic > latin) return RU;
        return latin == 0 ? UND : latin(text);
    }

    /** English, unless another language's frequent words are more. */
    private static Language latin(String text) {
        var words = text.substring(0, Math.min(text.length(), LOOKED_AT)).toLowerCase(Locale.ROOT).split("[^\\p{L}]+");
        var best = EN;
        var most = 0L;
        for (var language : values()) {
            if (language.frequent.isEmpty()) continue;
            var hits = 0L;
            for (var word : words) if (word.length() > 1 && ((CharArraySet) language.frequent).contains(word)) hits++;
            if (language == EN) hits = hits * 3 / 2; // its set of stop words is the smallest by far
            if (hits > most) {
                most = hits;
                best = language;
            }
        }
        return best;
    }
}
