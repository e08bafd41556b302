package dev.parley.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.model.ModelConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** That the bench of the server measures what it says, on a model too small for the figures to mean something. */
@Timeout(180)
class ServeBenchTest {

    private static final ModelConfig SMALL = ModelConfig.gpt2(50_257, 1024, 64, 2, 2);

    @Test
    void everyRowHasItsFigureAndWhatItIsComparedWith() throws Exception {
        var notes = new ArrayList<String>();
        var rows = ServeBench.rows("small", SMALL, 1, 20, EnumSet.complementOf(EnumSet.of(ServeBench.Part.START)), Path.of("parley"),
                notes::add);
        assertEquals(5, rows.size());
        for (var row : rows) {
            assertTrue(row.ours() > 0 && row.peer().stream().allMatch(peer -> peer.value() > 0), row.toString());
        }
        assertEquals(1, rows.stream().filter(row -> row.peer().isEmpty()).count(), "only a time stands alone");
        assertTrue(notes.stream().noneMatch(n -> n.contains("failed")), notes.toString());
    }

    @Test
    void anHonestStreamIsMeasuredBesideEachAttackAndServed() throws Exception {
        var notes = new ArrayList<String>();
        var attacks = HostileRequests.all().stream().filter(a -> !a.path().equals("/v1/completions")).toList();
        var rows = HostileBench.rows("small", SMALL, 1, attacks, notes::add);
        assertEquals(1 + attacks.size(), rows.size());
        for (var row : rows) assertTrue(row.ours() > 0 && row.peer().orElseThrow().value() > 0, row.toString());
    }

    @Test
    void clientsThatComeAndLeaveGetRightAnswersAndLeaveNothingBehind() throws Exception {
        var notes = new ArrayList<String>();
        var rows = SoakBench.rows("small", SMALL, 2, notes::add);
        assertTrue(rows.get(0).ours() > 0, notes.toString());
        assertTrue(rows.get(1).ours() > 0, "nobody left midway: " + notes);
        assertEquals(0, rows.get(2).ours(), notes.toString());
    }
}
