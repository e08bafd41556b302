package dev.parley.data.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class ExampleDataTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern FOLDED = Pattern.compile("[^\\p{L}\\p{N}+]");

    private static List<JsonNode> read(List<String> lines) {
        return lines.stream().map(line -> {
            try {
                return JSON.readTree(line);
            } catch (Exception e) {
                throw new AssertionError(line, e);
            }
        }).toList();
    }

    private static Set<String> questions(List<JsonNode> lines) {
        return lines.stream().map(line -> FOLDED.matcher(line.path("prompt").asText().toLowerCase(Locale.ROOT)).replaceAll(""))
                .collect(Collectors.toSet());
    }

    /** Sentences that only one answer of a pair has. */
    private static Set<String> wordings(List<JsonNode> pairs) {
        var wordings = new HashSet<String>();
        for (var pair : pairs) {
            Set<String> chosen = sentences(pair.path("chosen").asText()), rejected = sentences(pair.path("rejected").asText());
            chosen.stream().filter(sentence -> !rejected.contains(sentence)).forEach(wordings::add);
            rejected.stream().filter(sentence -> !chosen.contains(sentence)).forEach(wordings::add);
        }
        return wordings;
    }

    private static Set<String> sentences(String text) {
        return Arrays.stream(text.split("(?<=[.?!]) ")).filter(sentence -> !Character.isDigit(sentence.charAt(0)))
                .collect(Collectors.toSet());
    }

    @Test
    void heldOutPairsHaveQuestionsAndWordingsThatNoOthersHave() {
        var train = read(ExampleData.PAIRS.lines(20_000, 1));
        var held = read(ExampleData.PAIRS.heldOutLines(100, 1));
        var same = questions(held);
        assertTrue(same.size() > 90, "each question once before any comes again: " + same.size());
        same.retainAll(questions(train));
        assertEquals(Set.of(), same);
        var said = wordings(held);
        assertTrue(said.size() > 40, said.toString());
        said.retainAll(wordings(train));
        assertEquals(Set.of(), said);
    }

    /** The best single word may not tell friendly answers from rude ones: some share of the pairs has it on neither side. */
    @Test
    void noSingleWordTellsThePairs() {
        var pairs = read(ExampleData.PAIRS.lines(2_000, 1));
        var words = pairs.stream().flatMap(pair -> words(pair, "chosen").stream()).collect(Collectors.toSet());
        pairs.forEach(pair -> words.addAll(words(pair, "rejected")));
        for (var word : words) {
            var right = pairs.stream().mapToInt(pair -> {
                boolean chosen = words(pair, "chosen").contains(word), rejected = words(pair, "rejected").contains(word);
                return chosen == rejected ? 1 : chosen ? 2 : 0;
            }).sum() / (2.0 * pairs.size());
            assertTrue(right > 0.25 && right < 0.75, word + " alone is right in " + right);
        }
    }

    private static Set<String> words(JsonNode pair, String answer) {
        return new HashSet<>(Arrays.asList(pair.path(answer).asText().toLowerCase(Locale.ROOT).split("[^a-z']+")));
    }

    @Test
    void whatHoldsNothingOutSaysSo() {
        var fault = assertThrows(IllegalArgumentException.class, () -> ExampleData.TOOLS.heldOutLines(1, 1));
        assertEquals("Nothing of tools is held out; there is of pairs, thumbs, sums. Another seed gives other lines.", fault.getMessage());
    }
}
