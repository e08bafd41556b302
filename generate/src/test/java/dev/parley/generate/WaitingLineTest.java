package dev.parley.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.generate.AnswerTask.Row;
import dev.parley.generate.config.GenerationConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WaitingLineTest {

    private static AnswerTask task(String owner, int texts) {
        var config = GenerationConfig.builder().maxNewTokens(1).numReturnSequences(texts).build();
        var request = new TextRequest(new int[] {1}, config, owner, false, Optional.empty());
        return new AnswerTask(request, new Kept(), (row, pieces) -> new GrowingText(row, row, request.prompt(), 1, config, Optional.empty(), Optional.empty(), pieces));
    }

    private static String owner(Row row) {
        return row.task().request().owner();
    }

    @Test
    void whoHasFewestTextsRunningIsNext() {
        var line = new WaitingLine(10);
        for (int i = 0; i < 4; i++) line.add(task("many", 1));
        line.add(task("one", 1));
        var running = new ArrayList<Row>();
        while (!line.isEmpty()) running.add(line.next(running).orElseThrow());
        assertEquals(List.of("many", "one", "many", "many", "many"), running.stream().map(WaitingLineTest::owner).toList());
        assertEquals(0, line.size());
    }

    @Test
    void furtherTextsOfABegunRequestDoNotPassOthers() {
        var line = new WaitingLine(10);
        var many = task("many", 5);
        line.add(many);
        var running = new ArrayList<Row>();
        running.add(line.next(running).orElseThrow());
        many.end(FinishReason.STOP); // the first is done, so that the others may begin
        line.add(task("one", 1));
        assertEquals("one", owner(line.next(running).orElseThrow()));
        for (int i = 1; i < 5; i++) assertEquals("many", owner(line.next(running).orElseThrow()));
        assertTrue(line.isEmpty());
    }

    @Test
    void aLineThatOneOwnerFilledStillTakesAnother() {
        var line = new WaitingLine(10);
        for (int i = 0; i < 10; i++) line.add(task("many", 1));
        assertThrows(QueueFullException.class, () -> line.add(task("many", 1)));
        for (int i = 0; i < 5; i++) line.add(task("one", 1));
        assertThrows(QueueFullException.class, () -> line.add(task("one", 1)));
    }

    @Test
    void aRequestThatIsTakenOutLeavesNothingBehind() {
        var line = new WaitingLine(10);
        var task = task("one", 3);
        line.add(task);
        line.addFirst(line.next(List.of()).orElseThrow());
        line.remove(task);
        assertTrue(line.isEmpty());
        assertEquals(Optional.empty(), line.next(List.of()));
    }
}
