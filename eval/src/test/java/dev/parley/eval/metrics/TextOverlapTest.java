package dev.parley.eval.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Figures by sacrebleu 2.6.0, and errors by lm-evaluation-harness's bootstrap around it. */
class TextOverlapTest {

    private record Pair(String reference, String said, double bleu, double chrf) {}

    private static final List<Pair> PAIRS = List.of(
            new Pair("The cat sat on the mat.", "The cat sat on a mat.", 48.892302243490086, 65.8003432933587),
            new Pair("It costs 1,000.50 dollars - or so.", "It costs 1,000.50 dollars, or so.", 50.000000000000014, 85.760402104605),
            new Pair("He said: \"no\" & left (at 5-6 p.m.).", "He said \"No\" &amp; left at 5-6 p.m.", 47.632259670410804,
                    48.92691245952114),
            new Pair("Grüße aus München!", "Viele Grüße aus München", 59.460355750136046, 87.24266685164639),
            new Pair("北京是中国的首都。", "北京是中国首都。", 0, 47.00157440930073),
            new Pair("A well-known fact; nothing more.", "a well-known  fact\nnothing more", 20.252884954471366, 79.12013493022783),
            new Pair("one two three four five six", "one two three four five six seven eight", 68.037493331712, 90.65459273882544),
            new Pair("Short", "A", 0, 0), new Pair("Nothing said here.", "", 0, 0),
            new Pair("I'd rather stay @home/alone.", "I would rather stay at home, alone.", 14.25876976452075, 58.07571442100888),
            new Pair("Rain, rain, rain, rain.", "Rain, rain.", 30.93485033266056, 47.82208554165525),
            new Pair("The end", "The end of the story is near, they said", 8.392229812593097, 40.457695095840556));

    @Test
    void oneTextScoresAsThere() {
        for (var pair : PAIRS) {
            assertEquals(pair.bleu, Aggregation.BLEU.of(List.of(TextOverlap.bleu(pair.reference, pair.said))), 1e-9, pair.said);
            assertEquals(pair.chrf, Aggregation.CHRF.of(List.of(TextOverlap.chrf(pair.reference, pair.said))), 1e-9, pair.said);
        }
    }

    @Test
    void aCorpusAndItsErrorAreAsThere() {
        var bleu = PAIRS.stream().map(p -> TextOverlap.bleu(p.reference, p.said)).toList();
        var chrf = PAIRS.stream().map(p -> TextOverlap.chrf(p.reference, p.said)).toList();
        assertEquals(41.050791715674094, Aggregation.BLEU.of(bleu), 1e-9);
        assertEquals(63.83167850029611, Aggregation.CHRF.of(chrf), 1e-9);
        assertEquals(8.247047827162396, StandardErrors.of(Aggregation.BLEU, bleu, 100_000).orElseThrow(), 1e-9);
        assertEquals(8.246645638743951, StandardErrors.of(Aggregation.CHRF, chrf, 100_000).orElseThrow(), 1e-9);
    }

    @Test
    void wordsAreCutAsThere() {
        assertEquals(List.of("It's", "3.5", "%", ",", "i", ".", "e", ".", "5", "-", "6", "times", "[", "a-b", "]", "{", "x", "}", "~", "y",
                ";", "\"", "q", "\"", "-5", "$", "4,000", ".", "<", "ok", ">", "e-mail", ",", "U", ".", "S", ".", "-based", "now"),
                TextOverlap.words("It's 3.5%, i.e. 5-6 times [a-b] {x}~y; \"q\" -5 $4,000. <ok> e-mail, U.S.-based\u00a0now"));
        assertEquals(List.of("a", "<", "b", ">", "c", "\"", "d", "\"", "endline"),
                TextOverlap.words("a&lt;b&gt;c &quot;d&quot; end-\nline"));
    }
}
