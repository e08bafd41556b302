package dev.parley.data.shards;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.model.TrainingRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShardRowsTest {

    private static final Boundaries GPT2 = new Boundaries(OptionalInt.of(900), OptionalInt.of(900));
    private static final Boundaries LLAMA = new Boundaries(OptionalInt.of(901), OptionalInt.of(902));

    /** Every token is another number, so that each can be found again. */
    private static List<int[]> documents(int count, int longest) {
        var random = new SplittableRandom(3);
        var documents = new ArrayList<int[]>();
        for (int d = 0, next = 1000; d < count; d++) {
            var length = 1 + random.nextInt(longest);
            documents.add(IntStream.range(next, next + length).toArray());
            next += length;
        }
        return documents;
    }

    private static int[] joined(List<int[]> documents, Boundaries around) {
        return documents.stream().flatMapToInt(d -> IntStream.concat(IntStream.concat(around.begin().stream(), Arrays.stream(d)),
                around.end().stream())).toArray();
    }

    /** The documents of a row by its segments. */
    private static List<int[]> split(TrainingRow row) {
        var documents = new ArrayList<int[]>();
        for (int from = 0, to; from < row.length(); from = to) {
            for (to = from + 1; to < row.length() && (!row.isPacked() || row.segments()[to] == row.segments()[from]);) to++;
            documents.add(Arrays.copyOfRange(row.inputIds(), from, to));
        }
        return documents;
    }

    @Test
    void packedRowsHoldEachDocumentOnceBetweenItsEnds() {
        for (var boundaries : List.of(GPT2, LLAMA, Boundaries.NONE)) {
            var documents = documents(800, 60);
            var rows = PackedDocuments.of(TokensInMemory.of(documents), boundaries, 64);
            var read = new ArrayList<int[]>();
            for (int r = 0; r < rows.size(); r++) {
                assertTrue(rows.get(r).length() <= 64);
                assertEquals(rows.get(r).length(), rows.rowLength(r));
                read.addAll(split(rows.get(r)));
            }
            var expected = documents.stream().map(d -> joined(List.of(d), boundaries)).toList();
            read.sort((a, b) -> Integer.compare(a[a.length / 2], b[b.length / 2]));
            assertEquals(expected.size(), read.size());
            assertTrue(read.stream().anyMatch(d -> Arrays.equals(d, expected.getFirst())));
            assertEquals(expected.stream().mapToLong(d -> Arrays.stream(d).asLongStream().sum()).sum(),
                    read.stream().mapToLong(d -> Arrays.stream(d).asLongStream().sum()).sum());
            assertTrue(rows.waste() < 0.1, "waste " + rows.waste());
        }
    }

    @Test
    void aDocumentLongerThanARowIsCutIntoPieces() {
        var document = IntStream.range(0, 150).toArray();
        var rows = PackedDocuments.of(TokensInMemory.of(List.of(document)), GPT2, 64);
        var read = IntStream.range(0, rows.size()).boxed().flatMap(r -> split(rows.get(r)).stream()).toList();
        assertEquals(3, read.size());
        assertArrayEquals(joined(List.of(document), GPT2), read.stream().flatMapToInt(Arrays::stream).toArray());
    }

    @Test
    void eachTokenOfAStreamIsATargetOnce() {
        var documents = documents(100, 200);
        for (var boundaries : List.of(GPT2, LLAMA, Boundaries.NONE)) {
            var blocks = ContiguousBlocks.of(TokensInMemory.of(documents), boundaries, 64);
            var stream = joined(documents, boundaries.ofStream());
            var targets = new ArrayList<Integer>();
            for (int b = 0; b < blocks.size(); b++) {
                var row = blocks.get(b);
                assertArrayEquals(Arrays.copyOfRange(stream, b * 63, Math.min(stream.length, b * 63 + 64)), row.inputIds());
                assertEquals(row.length(), blocks.rowLength(b));
                for (int t = 1; t < row.length(); t++) targets.add(row.inputIds()[t]);
            }
            assertArrayEquals(Arrays.copyOfRange(stream, 1, stream.length), targets.stream().mapToInt(i -> i).toArray());
        }
    }

    @Test
    void eachEpochCutsTheStreamAtOtherPlaces() {
        var blocks = ContiguousBlocks.of(TokensInMemory.of(documents(100, 200)), GPT2, 64).movingCuts();
        var starts = IntStream.range(0, 40).map(epoch -> blocks.inEpoch(epoch).get(0).inputIds()[0]).distinct().count();
        assertTrue(starts > 20, starts + " starts of 63");
        assertEquals(blocks.size(), blocks.inEpoch(5).size());
        for (int epoch = 0; epoch < 80; epoch++) assertEquals(64, blocks.inEpoch(epoch).get(blocks.size() - 1).length());
    }

    @Test
    void aStreamShorterThanABlockIsOneRow() {
        var corpus = TokensInMemory.of(List.of(new int[] {1, 2, 3}));
        assertEquals(1, ContiguousBlocks.of(corpus, Boundaries.NONE, 64).movingCuts().size());
        assertArrayEquals(new int[] {1, 2, 3}, ContiguousBlocks.of(corpus, Boundaries.NONE, 64).movingCuts().inEpoch(3).get(0).inputIds());
    }

    @Test
    void documentsOfABlockKeepApartIfAsked() {
        var corpus = TokensInMemory.of(List.of(new int[] {1, 2}, new int[] {3}, new int[] {4, 5}));
        var row = ContiguousBlocks.of(corpus, GPT2, 64).withDocumentMask().get(0);
        assertArrayEquals(new int[] {1, 2, 900, 3, 900, 4, 5, 900}, row.inputIds());
        assertArrayEquals(new int[] {0, 0, 0, 1, 1, 2, 2, 2}, row.segments());
        assertEquals(0, ContiguousBlocks.of(corpus, GPT2, 64).get(0).segments().length);
    }

    @Test
    void rowsOfAnotherShapeAreOtherRows() {
        var corpus = TokensInMemory.of(documents(20, 30));
        var fingerprints = List.of(PackedDocuments.of(corpus, GPT2, 64).fingerprint(), PackedDocuments.of(corpus, GPT2, 32).fingerprint(),
                PackedDocuments.of(corpus, LLAMA, 64).fingerprint(), ContiguousBlocks.of(corpus, GPT2, 64).fingerprint(),
                ContiguousBlocks.of(corpus, GPT2, 64).withDocumentMask().fingerprint(),
                PackedDocuments.of(TokensInMemory.of(documents(21, 30)), GPT2, 64).fingerprint());
        assertEquals(fingerprints.size(), fingerprints.stream().distinct().count(), fingerprints.toString());
    }

    @Test
    void aCorpusIsCutInTwoAtAToken() {
        var corpus = TokensInMemory.of(List.of(new int[] {1, 2, 3}, new int[] {4, 5, 6}));
        var before = corpus.part(4, true);
        var after = corpus.part(4, false);
        assertEquals(List.of(2L, 4L, 1L, 2L), List.of(before.documents(), before.tokens(), after.documents(), after.tokens()));
        assertEquals(3, before.start(1));
        var exact = corpus.part(3, false);
        assertEquals(1, exact.documents());
        assertNotEquals(before.fingerprint(), after.fingerprint());
    }
}
