package dev.parley.generate.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.strategy.FinishReason;
import dev.parley.generate.strategy.Generation;
import dev.parley.generate.strategy.Strategy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WaitingSequencesTest {

    private static Request task(String owner, int texts) {
        return task(owner, GenerationConfig.builder().maxNewTokens(1).numReturnSequences(texts).build());
    }

    private static Request beams(String owner, int beams) {
        return task(owner, GenerationConfig.builder().maxNewTokens(1).numBeams(beams).build());
    }

    private static Request task(String owner, GenerationConfig config) {
        var request = new TextRequest(new int[] {1}, config, owner, false, Optional.empty());
        var task = new Generation(request.prompt(), 0, 1, config, Optional.empty(), Optional.empty());
        return new Request(request, 1, new Kept(), 0, number -> Strategy.of(task, number, Optional.empty()));
    }

    private static String owner(Sequence sequence) {
        return sequence.owner();
    }

    @Test
    void whoHasFewestTextsRunningIsNext() {
        var line = new WaitingSequences(10);
        for (int i = 0; i < 4; i++) line.add(task("many", 1));
        line.add(task("one", 1));
        var running = new ArrayList<Sequence>();
        while (!line.isEmpty()) running.add(line.next(running, 100).orElseThrow());
        assertEquals(List.of("many", "one", "many", "many", "many"), running.stream().map(WaitingSequencesTest::owner).toList());
        assertEquals(0, line.size());
    }

    @Test
    void furtherTextsOfABegunRequestDoNotPassOthers() {
        var line = new WaitingSequences(10);
        var many = task("many", 5);
        line.add(many);
        var running = new ArrayList<Sequence>();
        running.add(line.next(running, 100).orElseThrow());
        many.end(FinishReason.STOP); // the first is done, so that the others may begin
        line.add(task("one", 1));
        assertEquals("one", owner(line.next(running, 100).orElseThrow()));
        for (int i = 1; i < 5; i++) assertEquals("many", owner(line.next(running, 100).orElseThrow()));
        assertTrue(line.isEmpty());
    }

    @Test
    void whoNeedsMorePlacesThanAreFreeLetsOthersPassButNotForEver() {
        var line = new WaitingSequences(100);
        line.add(beams("wide", 8));
        for (int i = 0; i < 50; i++) line.add(task("narrow", 1));
        var other = List.of(task("other", 1).sequences().getFirst());
        for (int i = 0; i < 16; i++) assertEquals("narrow", owner(line.next(other, 4).orElseThrow()));
        assertEquals(Optional.empty(), line.next(other, 4), "it has waited long enough");
        assertEquals("wide", owner(line.next(other, 8).orElseThrow()));
        assertEquals("narrow", owner(line.next(other, 4).orElseThrow()));
    }

    @Test
    void whereNothingRunsEvenTheWidestBegins() {
        var line = new WaitingSequences(10);
        line.add(beams("wide", 8));
        assertEquals("wide", owner(line.next(List.of(), 4).orElseThrow()));
    }

    @Test
    void anOwnersPlacesCountNotOnlyTheTexts() {
        var line = new WaitingSequences(10);
        line.add(task("wide", 1));
        line.add(task("narrow", 1));
        var running = List.of(beams("wide", 8).sequences().getFirst(), task("narrow", 1).sequences().getFirst());
        assertEquals("narrow", owner(line.next(running, 10).orElseThrow()));
    }

    @Test
    void aLineThatOneOwnerFilledStillTakesAnother() {
        var line = new WaitingSequences(10);
        for (int i = 0; i < 10; i++) line.add(task("many", 1));
        assertThrows(QueueFullException.class, () -> line.add(task("many", 1)));
        for (int i = 0; i < 5; i++) line.add(task("one", 1));
        assertThrows(QueueFullException.class, () -> line.add(task("one", 1)));
    }

    @Test
    void aRequestThatIsTakenOutLeavesNothingBehind() {
        var line = new WaitingSequences(10);
        var task = task("one", 3);
        line.add(task);
        line.addFirst(line.next(List.of(), 100).orElseThrow());
        line.remove(task);
        assertTrue(line.isEmpty());
        assertEquals(Optional.empty(), line.next(List.of(), 100));
    }
}
