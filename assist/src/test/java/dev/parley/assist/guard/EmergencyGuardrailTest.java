package dev.parley.assist.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EmergencyGuardrailTest {

    private static final EmergencyGuardrail GUARDRAIL = EmergencyGuardrail.load();

    /** The share of emergencies, or of harmless messages, that is taken for an emergency. */
    private static double caught(String name, boolean harmless) throws IOException {
        int all = 0, caught = 0;
        try (var lines = new ObjectMapper().readerForMapOf(String.class)
                .<Map<String, String>>readValues(EmergencyGuardrail.class.getResourceAsStream(name))) {
            while (lines.hasNext()) {
                var line = lines.next();
                if (line.get("label").isEmpty() != harmless) continue;
                all++;
                if (GUARDRAIL.kind(line.get("text")).isPresent()) caught++;
            }
        }
        return (double) caught / all;
    }

    @Test
    void theExamplesThatTheRulesWereMadeWithAreToldApart() throws IOException {
        assertEquals(1, caught("emergencies.dev.jsonl", false));
        assertEquals(0, caught("emergencies.dev.jsonl", true));
    }

    /** The floors lie a little below what was measured, 0.90 and 0.025. */
    @Test
    void nineOfTenEmergenciesThatTheRulesDoNotKnowAreCaught() throws IOException {
        assertTrue(caught("emergencies.heldout.jsonl", false) >= 0.89);
        assertTrue(caught("emergencies.heldout.jsonl", true) <= 0.03);
    }

    @Test
    void theFixedAnswerIsInTheLanguageOfTheMessageAndNamesTheEmergencyNumber() {
        var guardrails = new Guardrails(List.of(GUARDRAIL));
        assertTrue(guardrails.run(Stage.INPUT, "我不想活了", TurnContext.of("en")).text().contains("12356"));
        assertTrue(guardrails.run(Stage.INPUT, "My dad has crushing chest pain", TurnContext.of("en")).text().contains("911"));
    }
}
