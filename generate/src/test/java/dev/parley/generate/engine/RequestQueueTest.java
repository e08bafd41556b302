package dev.parley.generate.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.strategy.FinishReason;
import dev.parley.generate.strategy.Generation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class RequestQueueTest {

    private static Request task(String owner, int texts) {
        return task(owner, GenerationConfig.builder().maxNewTokens(1).numReturnSequences(texts).build());
    }

    private static Request beams(String owner, int beams) {
        return task(owner, GenerationConfig.builder().maxNewTokens(1).numBeams(beams).build());
    }

    private static Request task(String owner, GenerationConfig config) {
        var request = new TextRequest(new int[] {1}, config, owner, false, Optional.empty());
        var task = new Generation(request.prompt(), 0, 1, config, Optional.empty(), Optional.empty());
        return new Request(request, task, Optional.empty(), new Kept(), 0, () -> {});
    }

    private static Predicate<Sequence> places(int free) {
        return sequence -> sequence.width() <= free;
    }

    private static String owner(Sequence sequence) {
        return sequence.owner();
    }

    @Test
    void whoHasFewestTextsRunningIsNext() {
        var queue = new RequestQueue(10);
        for (int i = 0; i < 4; i++) queue.add(task("many", 1));
        queue.add(task("one", 1));
        var running = new ArrayList<Sequence>();
        while (!queue.requests().isEmpty()) running.add(queue.next(running, places(100)).orElseThrow());
        assertEquals(List.of("many", "one", "many", "many", "many"), running.stream().map(RequestQueueTest::owner).toList());
        assertEquals(0, queue.size());
    }

    @Test
    void furtherTextsOfABegunRequestDoNotPassOthers() {
        var queue = new RequestQueue(10);
        var many = task("many", 5);
        queue.add(many);
        var running = new ArrayList<Sequence>();
        running.add(queue.next(running, places(100)).orElseThrow());
        many.end(FinishReason.STOP); // the first is done, so that the others may begin
        queue.add(task("one", 1));
        assertEquals("one", owner(queue.next(running, places(100)).orElseThrow()));
        for (int i = 1; i < 5; i++) assertEquals("many", owner(queue.next(running, places(100)).orElseThrow()));
        assertEquals(List.of(), queue.requests());
    }

    @Test
    void whoNeedsMorePlacesThanAreFreeLetsOthersPassButNotForEver() {
        var queue = new RequestQueue(100);
        queue.add(beams("wide", 8));
        for (int i = 0; i < 50; i++) queue.add(task("narrow", 1));
        var other = List.of(task("other", 1).sequences().getFirst());
        for (int i = 0; i < 16; i++) assertEquals("narrow", owner(queue.next(other, places(4)).orElseThrow()));
        assertEquals(Optional.empty(), queue.next(other, places(4)), "it has waited long enough");
        assertEquals("wide", owner(queue.next(other, places(8)).orElseThrow()));
        assertEquals("narrow", owner(queue.next(other, places(4)).orElseThrow()));
    }

    @Test
    void whereNothingRunsEvenTheWidestBegins() {
        var queue = new RequestQueue(10);
        queue.add(beams("wide", 8));
        assertEquals("wide", owner(queue.next(List.of(), places(4)).orElseThrow()));
    }

    @Test
    void anOwnersPlacesCountNotOnlyTheTexts() {
        var queue = new RequestQueue(10);
        queue.add(task("wide", 1));
        queue.add(task("narrow", 1));
        var running = List.of(beams("wide", 8).sequences().getFirst(), task("narrow", 1).sequences().getFirst());
        assertEquals("narrow", owner(queue.next(running, places(10)).orElseThrow()));
    }

    @Test
    void aLineThatOneOwnerFilledStillTakesAnother() {
        var queue = new RequestQueue(10);
        for (int i = 0; i < 10; i++) queue.add(task("many", 1));
        assertThrows(QueueFullException.class, () -> queue.add(task("many", 1)));
        for (int i = 0; i < 5; i++) queue.add(task("one", 1));
        assertThrows(QueueFullException.class, () -> queue.add(task("one", 1)));
    }

    @Test
    void aRequestThatIsTakenOutLeavesNothingBehind() {
        var queue = new RequestQueue(10);
        var task = task("one", 3);
        queue.add(task);
        queue.addFirst(queue.next(List.of(), places(100)).orElseThrow());
        queue.remove(task);
        assertEquals(List.of(), queue.requests());
        assertEquals(Optional.empty(), queue.next(List.of(), places(100)));
    }
}
