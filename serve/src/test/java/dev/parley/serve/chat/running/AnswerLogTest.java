package dev.parley.serve.chat.running;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.serve.chat.history.Answer;
import dev.parley.serve.chat.history.AnswerToken;
import dev.parley.serve.chat.history.ChatMessage;
import dev.parley.serve.chat.history.Role;
import dev.parley.serve.chat.history.Status;
import dev.parley.serve.chat.history.StoredTokens;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AnswerLogTest {

    private static final ChatMessage MESSAGE = new ChatMessage("a", "c", Optional.of("q"), Role.ASSISTANT, "", 1, Status.RUNNING,
            Optional.of(Answer.begun("tiny", "", JsonNodeFactory.instance.objectNode())), 0, "");
    private static final Duration NOW = Duration.ZERO;
    private static final Duration LONG = Duration.ofSeconds(50);

    private static AnswerToken token(int id) {
        return new AnswerToken(id, "t" + id, -1, List.of());
    }

    private static ChatMessage ended(String text) {
        return MESSAGE.with(text, Status.DONE, MESSAGE.answer().orElseThrow());
    }

    private record Read(String text, List<AnswerToken> tokens, Position at) {}

    /** All from a position on, as one reader gets it. */
    private static Read read(AnswerLog log, Position from, Random most) throws InterruptedException {
        var text = new StringBuilder();
        var tokens = new ArrayList<AnswerToken>();
        while (true) {
            var limit = 1 + most.nextInt(7);
            var piece = log.next(from, limit, LONG);
            if (piece.ended().isPresent()) return new Read(text.toString(), tokens, from);
            assertTrue(piece.tokens().size() <= limit);
            assertFalse(piece.isEmpty());
            text.append(piece.text());
            tokens.addAll(piece.tokens());
            from = piece.to();
        }
    }

    @Test
    void aReaderOfWhatStaysReadsOnAndOneOfWhatIsReplacedGetsNoMorePieces() throws InterruptedException {
        var log = new AnswerLog(MESSAGE, 0);
        log.add("Within 30 days. ", List.of());
        log.settle("Within 30 days.");
        log.end(ended("Within 30 days."));
        assertEquals(" 30 days.", read(log, new Position(0, 6, false), new Random(1)).text());
        assertEquals("", read(log, new Position(0, 16, false), new Random(1)).text());

        var other = new AnswerLog(MESSAGE, 0);
        other.add("Within 40 days", List.of());
        other.settle("Please ask a person.");
        other.end(ended("Please ask a person."));
        assertEquals("", read(other, new Position(0, 6, false), new Random(1)).text());
        assertEquals("Please ask a person.", read(other, Position.START, new Random(1)).text());
    }

    @Test
    void whereverAReaderBeginsAndHoweverMuchItTakesItGetsExactlyTheRest() throws InterruptedException {
        var random = new Random(5);
        for (int round = 0; round < 200; round++) {
            var log = new AnswerLog(MESSAGE, 0);
            var positions = new ArrayList<>(List.of(Position.START));
            var text = new StringBuilder();
            var tokens = new ArrayList<AnswerToken>();
            for (int i = random.nextInt(20); i >= 0; i--) {
                var more = "x".repeat(random.nextInt(4));
                var some = new ArrayList<AnswerToken>();
                for (int n = random.nextInt(4); n > 0; n--) some.add(token(tokens.size() + some.size()));
                log.add(more, some);
                text.append(more);
                tokens.addAll(some);
                positions.add(new Position(tokens.size(), text.length(), false));
            }
            log.end(ended(text.toString()));
            for (var from : positions) {
                var read = read(log, from, random);
                assertEquals(text.substring(from.characters()), read.text());
                assertEquals(tokens.subList(from.tokens(), tokens.size()), read.tokens());
                assertEquals(positions.getLast(), read.at());
            }
        }
    }

    @Test
    void aReaderWaitsForWhatComes() throws Exception {
        var log = new AnswerLog(MESSAGE, 0);
        assertTrue(log.next(Position.START, 10, NOW).isEmpty());
        var read = CompletableFuture.supplyAsync(() -> {
            try {
                return read(log, Position.START, new Random(1));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        for (int i = 0; i < 100; i++) log.add("x", List.of(token(i)));
        log.end(ended("x".repeat(100)));
        assertEquals("x".repeat(100), read.get(50, TimeUnit.SECONDS).text());
    }

    @Test
    void aReaderThatNeverReadsHoldsNobodyUpAndGetsAllInTheEnd() throws InterruptedException {
        var log = new AnswerLog(MESSAGE, 0);
        var slow = log.next(Position.START, 10, NOW).to();
        for (int i = 0; i < 100_000; i++) log.add("x", List.of(token(i)));
        log.end(ended("x".repeat(100_000)));
        var first = log.next(slow, 256, NOW);
        assertEquals(256, first.tokens().size());
        assertEquals(256, first.text().length());
        assertEquals(100_000 - 256, read(log, first.to(), new Random(1)).tokens().size());
    }

    @Test
    void whatWasKeptIsReadAsWhatWasHeard() throws InterruptedException {
        var live = new AnswerLog(MESSAGE, 0);
        for (int i = 0; i < 50; i++) live.add(i % 3 == 0 ? "" : "ab", List.of(token(i)));
        live.add("rest", List.of());
        var unsaved = live.awaitWork(0, 1, NOW);
        live.end(ended(unsaved.text()));
        var kept = AnswerLog.of(ended(unsaved.text()), unsaved.tokens());
        assertEquals(read(live, Position.START, new Random(3)), read(kept, Position.START, new Random(3)));
    }

    @Test
    void onlyWhoKnowsTheEndHasAll() throws InterruptedException {
        var log = AnswerLog.of(ended("abc"), new StoredTokens(List.of(token(1)), List.of(3)));
        assertTrue(log.isOver(new Position(1, 3, true)));
        assertFalse(log.isOver(new Position(1, 3, false)));
        assertFalse(log.isOver(new Position(0, 0, true)), "it went on after that end");
        assertFalse(new AnswerLog(MESSAGE, 0).isOver(new Position(0, 0, true)));
    }

    @Test
    void aPositionIsItsIdentifier() {
        for (var position : List.of(Position.START, new Position(7, 31, false), new Position(7, 31, true)))
            assertEquals(Optional.of(position), Position.of(position.id()));
        for (var none : List.of("", "1", "1-", "-1-2", "1-2-3", "1-2-end ", "9999999999-1", "x"))
            assertEquals(Optional.empty(), Position.of(none));
    }
}
