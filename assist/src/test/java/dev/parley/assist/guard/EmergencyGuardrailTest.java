package dev.parley.assist.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.assist.guard.EmergencyExamples.Example;
import dev.parley.assist.guard.EmergencyGuardrail.Kind;
import dev.parley.knowledge.Embedder;
import dev.parley.knowledge.embedders.OnnxEmbedder;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmergencyGuardrailTest {

    private static final EmergencyGuardrail GUARDRAIL = EmergencyGuardrail.load();

    /** The share of held-out emergencies of a language, or of harmless messages, that is taken for an emergency. */
    private static double caught(EmergencyGuardrail guardrail, String language, boolean harmless) throws IOException {
        int all = 0, caught = 0;
        try (var lines = new ObjectMapper().readerForMapOf(String.class)
                .<Map<String, String>>readValues(EmergencyGuardrail.class.getResourceAsStream("emergencies.heldout.jsonl"))) {
            while (lines.hasNext()) {
                var line = lines.next();
                if (!line.get("language").equals(language) || line.get("label").isEmpty() != harmless) continue;
                all++;
                if (guardrail.kind(line.get("text")).isPresent()) caught++;
            }
        }
        return (double) caught / all;
    }

    /** The bounds lie a little beside what was measured; docs/guardrails.md has the figures. */
    @ParameterizedTest
    @ValueSource(strings = {"en", "zh"})
    void emergenciesThatWereNotLearnedFromAreCaughtByWords(String language) throws IOException {
        assertTrue(caught(GUARDRAIL, language, false) >= 0.95);
        assertTrue(caught(GUARDRAIL, language, true) <= 0.03);
    }

    @ParameterizedTest
    @ValueSource(strings = {"en", "zh"})
    void emergenciesThatWereNotLearnedFromAreCaughtByVectors(String language) throws IOException {
        try (var embedder = OnnxEmbedder.open()) {
            var guardrail = GUARDRAIL.with(embedder);
            assertTrue(caught(guardrail, language, false) >= 0.965);
            assertTrue(caught(guardrail, language, true) <= 0.035);
        }
    }

    @Test
    void nothingHeldOutIsAmongTheExamples() throws IOException {
        var examples = EmergencyExamples.load().stream().map(Example::text).map(text -> text.toLowerCase(Locale.ROOT)).toList();
        try (var lines = new ObjectMapper().readerForMapOf(String.class)
                .<Map<String, String>>readValues(EmergencyGuardrail.class.getResourceAsStream("emergencies.heldout.jsonl"))) {
            while (lines.hasNext()) assertTrue(!examples.contains(lines.next().get("text").toLowerCase(Locale.ROOT)));
        }
    }

    @Test
    void theWeightsAreThoseThatTheExamplesGive() throws IOException {
        var fitted = EmergencyFit.of(EmergencyExamples.load());
        for (var text : List.of("my dad cant breath", "我妈突然说不出话", "how do I clean with bleach", "What time is it?"))
            assertEquals(fitted.score(text), EmergencyClassifier.load().score(text), 0.5); // questions of the assistants may have changed
    }

    @Test
    void theKindIsToldWherePhrasesKnowNothingOfIt() {
        assertEquals(Optional.of(Kind.POISONING), GUARDRAIL.kind("our toddler licked the drain unblocker gel, drooling now"));
        assertEquals(Optional.of(Kind.SELF_HARM), GUARDRAIL.kind("我把信都写完了，今晚就走，不想活"));
    }

    /** An embedding model of which every vector is the same. */
    private record Constant(String id, int dimensions) implements Embedder {

        @Override
        public float[][] embed(List<String> texts, Purpose purpose) {
            var vectors = new float[texts.size()][dimensions];
            for (var vector : vectors) vector[0] = 1;
            return vectors;
        }
    }

    @Test
    void vectorsOfAnotherModelThanTheWeightsAreForAreNotAsked() {
        assertSame(GUARDRAIL, GUARDRAIL.with(Embedder.NONE));
        assertSame(GUARDRAIL, GUARDRAIL.with(new Constant("another", 3)));
        assertNotEquals(GUARDRAIL, GUARDRAIL.with(new Constant("onnx:all-minilm-l6-v2-q+bge-small-zh-v15-q", 896)));
    }

    @Test
    void theFixedAnswerIsInTheLanguageOfTheMessageAndNamesTheEmergencyNumber() {
        var guardrails = new Guardrails(List.of(GUARDRAIL));
        assertTrue(guardrails.run(Stage.INPUT, "我不想活了", TurnContext.of("en")).text().contains("12356"));
        assertTrue(guardrails.run(Stage.INPUT, "My dad has crushing chest pain", TurnContext.of("en")).text().contains("911"));
    }
}
