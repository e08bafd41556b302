package dev.parley.generate.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.parley.generate.embedding.Pooling;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The line of texts that wait to be read. */
class WaitingProbesTest {

    @Test
    void ownersOfTextsToReadAreServedInTurn() {
        var line = new WaitingProbes(4);
        var texts = new ArrayList<Probe<?>>();
        for (int i = 0; i < 4; i++) texts.add(new EmbeddingProbe("much", new int[] {i}, List.of(Pooling.MEAN), 1));
        texts.add(new EmbeddingProbe("little", new int[] {9}, List.of(Pooling.MEAN), 1));
        texts.forEach(line::add);
        assertThrows(QueueFullException.class, () -> line.add(new EmbeddingProbe("much", new int[] {5}, List.of(Pooling.MEAN), 1)),
                "who has more than a fair part of a full line");
        var order = new ArrayList<Probe<?>>();
        while (!line.isEmpty()) {
            order.add(line.first().orElseThrow());
            line.remove(order.getLast());
        }
        assertEquals(List.of(texts.get(0), texts.get(4), texts.get(1), texts.get(2), texts.get(3)), order);
    }
}
