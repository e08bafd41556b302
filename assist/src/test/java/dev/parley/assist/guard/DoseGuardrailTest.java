package dev.parley.assist.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DoseGuardrailTest {

    private static final List<String> SOURCES = List.of(
            "Paracetamol: adults take 500 mg to 1 g up to four times a day, and no more than 4 g. Ibuprofen comes as 200 mg; adults take "
                    + "one or two tablets at a time, with food.",
            "Drink 200 ml after each loose stool.", "布洛芬：成人每次 0.2 克，一日不超过二十片。对乙酰氨基酚每次五百毫克。",
            "Vitamin D: 10 micrograms a day. Salbutamol: two puffs when needed.");

    private static String judged(String answer) {
        return judged(answer, SOURCES);
    }

    private static String judged(String answer, List<String> sources) {
        var outcome = new Guardrails(List.of(new DoseGuardrail())).run(Stage.OUTPUT, answer, new TurnContext("en", "", sources, ""));
        assertFalse(outcome.ended());
        return outcome.text();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Adults take 500 mg of paracetamol.", "Take 0.5 g to 1000 mg of Tylenol, at most 4,000 mg a day.",
        "You may take one or two ibuprofen tablets.", "Advil comes as 200mg tablets.", "Vitamin D: 10 µg a day.", "布洛芬每次 200 毫克。",
        "扑热息痛每次 500mg。",
        "Ibuprofen helps against pain. Take 200 mg with food.", "Use the salbutamol inhaler: 2 puffs.",
        "Dissolve 6 teaspoons of sugar in a litre.", "Walk 10,000 steps and drink 2,000 ml of water.",
        "Two or three people in ten feel sick.",
        "She scored 500 points in 20 games.", "每天喝水 2000 毫升。"})
    void aDoseOfASourceStays(String answer) {
        assertEquals(answer, judged(answer));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Take 800 mg of ibuprofen.", "Take 500 mg of ibuprofen.", "Ibuprofen helps against pain. Take 500 mg with food.",
                "Give the child 250 mg of amoxicillin.", "Take three ibuprofen tablets.", "You can take twenty milligrams of it daily.",
                "Take one hundred mg of metformin twice.", "Swallow ½ tablet of diazepam.", "阿司匹林每次一百毫克。", "布洛芬每次十毫克。", "每次服用三十片布洛芬。",
                "Inject 10 units of insulin.", "Take 5 drops of the medicine.", "Paracetamol: 1,5 g at once.", "服用地西泮 5 毫克。"})
    void aDoseOfNoSourceIsLeftOut(String answer) {
        var judged = judged(answer);
        assertTrue(judged.contains("(A dose without a source was left out here"), judged);
    }

    @Test
    void theOtherSentencesStay() {
        assertEquals(
                "Rest and drink. (A dose without a source was left out here; please ask a doctor or pharmacist.) See a doctor if it lasts.",
                judged("Rest and drink. Take 900 mg of aspirin. See a doctor if it lasts."));
        assertEquals("Take 500 mg of paracetamol.", judged("Take 500 mg of paracetamol."));
        assertTrue(judged("Take 500 mg of paracetamol.", List.of()).startsWith("(A dose"));
    }

    @Test
    void theDecisionSaysHowManyAndNotWhich() {
        var outcome = new Guardrails(List.of(new DoseGuardrail())).run(Stage.OUTPUT, "服用阿司匹林 100 毫克。再吃两片布洛芬。",
                TurnContext.of("zh"));
        assertTrue(outcome.text().contains("（此处略去了一个没有资料依据的用量"), outcome.text());
        assertEquals("2 sentence(s) named a dose that no source names.", outcome.decisions().getFirst().reason());
    }

    @Test
    void numbersAreReadAsTheyAreSpelt() {
        Map.ofEntries(Map.entry("1,500", "1500"), Map.entry("1,5", "1.5"), Map.entry("2.50", "2.5"), Map.entry("twenty-five", "25"),
                Map.entry("two hundred and fifty", "250"), Map.entry("one and half", "1.5"), Map.entry("half", "0.5"),
                Map.entry("一千五百", "1500"), Map.entry("二十", "20"), Map.entry("十二", "12"), Map.entry("两百", "200"), Map.entry("一百零五", "105"),
                Map.entry("半", "0.5"), Map.entry("三", "3")).forEach(
                        (spelt, value) -> assertEquals(0,
                                new BigDecimal(value).compareTo(SpelledNumbers.value(spelt)),
                                () -> spelt + " " + SpelledNumbers.value(spelt)));
    }
}
