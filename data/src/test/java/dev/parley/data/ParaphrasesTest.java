package dev.parley.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Execution(ExecutionMode.CONCURRENT)
class ParaphrasesTest {

    @ParameterizedTest
    @ValueSource(strings = {"Who wrote it?", "What is the capital of France?", "tell me a joke", "你是谁?", "How's the weather in Rome?"})
    void waysThatAreHeldOutAreNeverTrainedOnWhateverTheSeed(String question) {
        var heldOut = Paraphrases.heldOut(question, 5).stream().map(Rephrase::folded).collect(Collectors.toSet());
        assertEquals(5, heldOut.size(), question);
        for (long seed = 0; seed < 50; seed++) {
            var trained = Paraphrases.trained(question, 14, seed);
            assertEquals(trained.size(), new HashSet<>(trained).size(), "each is there once");
            assertTrue(trained.size() >= 9 && trained.size() <= 14, trained.toString());
            assertTrue(trained.stream().noneMatch(way -> way.equals(question) || heldOut.contains(Rephrase.folded(way))), trained.toString());
            assertEquals(trained, Paraphrases.trained(question, 14, seed));
        }
    }

    @Test
    void aDirectQuestionTurnsIntoAnIndirectOne() {
        assertEquals(List.of("Could you tell me what the capital of France is?", "I want to know what the capital of France is."),
                Paraphrases.heldOut("What is the capital of France?", 2));
        assertEquals("Could you tell me how the weather is?", Paraphrases.heldOut("How's the weather?", 1).getFirst());
    }

    @Test
    void aTextThatIsNoQuestionStaysAsItIs() {
        for (var text : List.of("a\nb", "x".repeat(301), " "))
            assertTrue(Paraphrases.trained(text, 5, 1).isEmpty() && Paraphrases.heldOut(text, 5).isEmpty());
        assertTrue(Paraphrases.heldOut("Qui a écrit ça?", 5).isEmpty(), "no English words around French ones");
        assertTrue(Paraphrases.trained("Qui a écrit ça?", 5, 1).stream().allMatch(way -> Rephrase.folded(way).equals("quiaécritça")));
    }
}
