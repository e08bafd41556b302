package dev.parley.assist.writing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.grammar.Grammar;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Syllables by the rules and the exceptions, against words counted by hand as dictionaries divide them. */
class SyllablesTest {

    /** None of these is an exception: what the rules get right of them is what docs/writing.md tells. */
    private static final List<String> COUNTED = List.of(
            "1 a the cat dog tree house stone night light moon sun star rain snow wind leaf bird song dream love hope road door "
                    + "voice bright face white green blue grey black cold warm deep high low old young soft hard fast slow "
                    + "kind brave wise strong long "
                    + "walked strange talked called played looked turned filled closed changed burned dropped leaves trees "
                    + "waves gives makes takes "
                    + "homes bones names lines shines sleeps breathe smoothe please cheese freeze course horse noise choice prince dance "
                    + "be he me we she you your what which when who why how this that my by fly cry sky eight weight height straight "
                    + "bye dye tie pie lie shoe toe blues true clue fruit suit juice build built guide guess queen quick squeeze",
            "2 water river mountain garden window yellow purple silver golden morning sunset winter summer autumn shadow whisper silence "
                    + "memory's mother father brother sister children baby city village country table little apple simple bottle "
                    + "candle settled tumbled roses houses pages places wishes boxes churches wanted needed waited ended faded rested "
                    + "begin believe receive alone away again before behind below beside between beyond against today tonight "
                    + "happy sorry pretty empty windy sunny rainy quickly slowly softly brightly gladly "
                    + "movement pavement homeless restless endless kindness darkness sickness "
                    + "nation station passion special ancient's ocean region question lesson reason season treason "
                    + "playing saying flying crying trying dying's loyal royal voyage player prayer's "
                    + "doctor teacher student paper letter number color music picture nature future creature "
                    + "after other under over never ever often open only many any very pretty body story glory "
                    + "money monkey honey valley journey turkey coffee movie cookie argue value rescue statue "
                    + "language penguin persuade",
            "3 animal's beautiful banana potato tomato family's remember september december imagine together another yesterday tomorrow "
                    + "wonderful beginning forgotten forbidden adventure butterfly sunflower's waterfall melody harmony memory history "
                    + "mystery victory factory energy enemy galaxy gravity radio video studio stadium medium opium indian italian "
                    + "happiness emptiness loneliness tenderness important government president popular regular singular "
                    + "continue actual usual manual casual computer attention position condition tradition ambition opinion's "
                    + "envelope's horizon october november hospital holiday magical musical physical",
            "4 information education generation population conversation imagination's january february usually actually continuous "
                    + "political particular community security ability activity reality curiosity's material serious's experience "
                    + "television watermelon caterpillar helicopter alligator avocado dictionary's ordinary necessary "
                    + "american majority humanity eternity identity",
            "5 university imagination communication curiosity opportunity electricity personality possibility imaginary vocabulary "
                    + "refrigerator organization");

    private record Counted(String word, int syllables) {}

    private static List<Counted> words() {
        var words = new ArrayList<Counted>();
        for (var line : COUNTED) {
            var parts = line.split("\\s+");
            for (int i = 1; i < parts.length; i++) {
                if (!parts[i].contains("'") && !Syllables.exceptions().containsKey(parts[i]))
                    words.add(new Counted(parts[i], Integer.parseInt(parts[0])));
            }
        }
        return words;
    }

    @Test
    void rulesAloneCountNineteenOfTwentyCommonWords() {
        var wrong = words().stream().filter(w -> Syllables.byRules(w.word) != w.syllables)
                .map(w -> w.word + " " + Syllables.byRules(w.word)).toList();
        assertTrue(wrong.size() * 20 <= words().size(), wrong.size() + " of " + words().size() + ": " + wrong);
    }

    @Test
    void exceptionsCountAsTheListSays() {
        assertEquals(4, Syllables.of("Quiet people"));
        assertEquals(17, Syllables.of("An old silent pond / A frog jumps into the pond\u2014 / Splash! Silence again."));
        assertEquals(4, Syllables.of("They\u2019re not here, I\u2019ve"));
    }

    /** The automaton and the counter must agree on every text, so that whatever a model writes is counted as it was held to. */
    @Test
    void automatonAcceptsExactlyTheLinesThatCountRight() {
        var grammars = new Grammar[9];
        for (int n = 1; n <= 8; n++) grammars[n] = Grammar.ofAutomaton(SyllableLines.of(n));
        var random = new java.util.Random(5);
        var words = new ArrayList<>(words().stream().map(Counted::word).toList());
        words.addAll(Syllables.exceptions().keySet());
        var accepted = 0;
        for (int i = 0; i < 300; i++) {
            var line = new StringBuilder();
            for (int w = random.nextInt(4); w >= 0; w--) {
                line.append(line.isEmpty() ? "" : random.nextInt(4) == 0 ? ", " : " ").append(words.get(random.nextInt(words.size())));
            }
            if (random.nextBoolean()) line.setCharAt(0, String.valueOf(line.charAt(0)).toUpperCase(Locale.ROOT).charAt(0));
            var count = Syllables.of(line.toString());
            for (int n = Math.max(1, count - 1); n <= Math.min(8, count + 1); n++) {
                assertEquals(n == count, grammars[n].matches(line.toString()), n + " syllables, counted " + count + ": " + line);
                if (n == count) accepted++;
            }
        }
        assertTrue(accepted > 150, "Only " + accepted + " lines were accepted.");
        assertFalse(grammars[3].matches("bbbbbbbb a cat"));
        assertFalse(grammars[1].matches("hmm"));
    }
}
