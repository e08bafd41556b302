package dev.parley.data.dedup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.data.text.WordIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DuplicatesTest {

    private static final int WORDS = 400;

    private final SplittableRandom random = new SplittableRandom(11);

    @TempDir
    Path folder;

    private List<String> document() {
        var words = new ArrayList<String>();
        for (int i = 0; i < WORDS; i++) words.add("w" + random.nextInt(100_000));
        return words;
    }

    private List<String> changed(List<String> words, double part) {
        var other = new ArrayList<>(words);
        var from = random.nextInt(words.size());
        for (int i = 0; i < part * words.size(); i++) other.set((from + i) % words.size(), "other" + random.nextInt(100_000));
        return other;
    }

    private static WordIndex index(List<String> words) {
        return WordIndex.of(String.join(" ", words));
    }

    /** By the definition: sets of five words in a row, as texts. */
    private static double jaccard(List<String> one, List<String> other) {
        var a = shingles(one);
        var b = shingles(other);
        var both = new HashSet<>(a);
        both.retainAll(b);
        return (double) both.size() / (a.size() + b.size() - both.size());
    }

    private static Set<String> shingles(List<String> words) {
        var shingles = new HashSet<String>();
        for (int i = 0; i + MinHash.SHINGLE <= words.size(); i++) shingles.add(String.join(" ", words.subList(i, i + MinHash.SHINGLE)));
        return shingles;
    }

    @Test
    void minHashEstimatesTheJaccardSimilarity() {
        var sum = 0.0;
        var pairs = 0;
        for (var part : new double[] {0, 0.05, 0.1, 0.2, 0.4, 0.7, 1}) {
            for (int i = 0; i < 30; i++, pairs++) {
                var one = document();
                var other = changed(one, part);
                var exact = jaccard(one, other);
                var estimate = MinHash.similarity(MinHash.signature(index(one)), MinHash.signature(index(other)));
                var standardError = Math.sqrt(exact * (1 - exact) / MinHash.PERMUTATIONS);
                assertTrue(Math.abs(estimate - exact) <= 4.5 * standardError, part + ": " + estimate + " for " + exact);
                sum += standardError == 0 ? 0 : (estimate - exact) / standardError;
            }
        }
        assertTrue(Math.abs(sum / pairs) < 4 / Math.sqrt(pairs), "biased by " + sum / pairs + " standard errors");
    }

    /** The probability to be found is 1 - (1 - s^8)^16, and the bits decide with a standard error of 0.042. */
    @Test
    void nearDuplicatesAreFoundAndOthersAreNot() {
        var near = new NearDuplicates(0.8, 1 << 26, () -> 1000);
        int found = 0, wrong = 0;
        for (int i = 0; i < 300; i++) {
            var one = document();
            assertTrue(near.add(MinHash.signature(index(one))));
            if (!near.add(MinHash.signature(index(changed(one, 0.03))))) found++; // a similarity of 0.92
            if (!near.add(MinHash.signature(index(changed(one, 0.3))))) wrong++; // 0.53
        }
        assertTrue(found >= 290, found + " of 300");
        assertTrue(wrong <= 1, wrong + " of 300");
    }

    @Test
    void theIndexKeepsToItsMemoryAndGoesOnComparing() {
        var limit = 3_000_000L;
        var near = new NearDuplicates(0.8, limit, () -> 1_000_000);
        var first = MinHash.signature(index(document()));
        assertTrue(near.add(first));
        for (int i = 0; i < 60_000; i++) {
            var signature = new int[MinHash.PERMUTATIONS];
            for (int k = 0; k < signature.length; k++) signature[k] = random.nextInt();
            assertTrue(near.add(signature), "random signatures are not alike");
        }
        assertTrue(near.isFull());
        assertTrue(near.documents() > 15_000, "" + near.documents());
        assertTrue(near.bytes() <= limit + 600_000, near.bytes() + " bytes"); // and a chunk that is begun
        assertFalse(near.add(first));
    }

    @Test
    void aDocumentTakesTheMemoryThatIsPromised() {
        var n = 200_000;
        var near = new NearDuplicates(0.8, 1L << 30, () -> n);
        var exact = new ExactDuplicates();
        for (int i = 0; i < n; i++) {
            var signature = new int[MinHash.PERMUTATIONS];
            for (int k = 0; k < signature.length; k++) signature[k] = random.nextInt();
            assertTrue(near.add(signature));
            assertTrue(exact.add(random.nextLong()));
        }
        assertTrue(near.bytes() / n <= 145, near.bytes() / n + " bytes");
        assertTrue(exact.bytes() / n <= 22, exact.bytes() / n + " bytes");
    }

    @Test
    void theSameWordsAreTheSameDocument() {
        var exact = new ExactDuplicates();
        assertTrue(exact.add(WordIndex.of("Tea, for two.")));
        assertFalse(exact.add(WordIndex.of("  tea for TWO")));
        assertTrue(exact.add(WordIndex.of("two for tea")));
        assertTrue(exact.add(WordIndex.of("teafor two")));
        assertTrue(exact.add(WordIndex.of("两个人喝茶")));
        assertFalse(exact.add(WordIndex.of("两个人，喝茶。")));
    }

    @Test
    void chineseIsComparedByCharacters() {
        var one = "一杯热茶放在桌子上，旁边有一本打开的书和一盏灯，窗外正下着小雨，街上没有人。".repeat(1);
        var near = new NearDuplicates(0.7, 1 << 22, () -> 10);
        assertTrue(near.add(MinHash.signature(WordIndex.of(one))));
        assertFalse(near.add(MinHash.signature(WordIndex.of(one + "天很冷"))));
        assertTrue(near.add(MinHash.signature(WordIndex.of("明天早上八点钟我们在火车站门口见面，请不要忘记带上你的护照和车票。"))));
    }

    @Test
    void thirteenWordsOfAnExampleAreFoundAndTwelveAreNot() throws IOException {
        var example = "the quick brown fox jumps over the lazy dog while seven small birds sing in old trees";
        var file = folder.resolve("exam.jsonl");
        Files.writeString(file, "{\"question\":\"" + example + "\",\"n\":3}\n{\"question\":\"short one\"}\n"
                + "{\"question\":\"Eight words are enough to be found whole.\"}\n");
        var contamination = Contamination.with(List.of(file));
        assertEquals(3, contamination.examples());
        assertEquals(1, contamination.tooShort());
        var words = List.of(example.split(" "));
        var thirteen = "Yes: " + String.join(" ", words.subList(2, 15)).toUpperCase(java.util.Locale.ROOT) + ", no.";
        var hit = contamination.find(WordIndex.of(thirteen)).orElseThrow();
        assertEquals(file, hit.file());
        assertEquals(5, hit.from());
        assertEquals(thirteen.length() - 5, hit.to());
        assertTrue(contamination.find(WordIndex.of("Yes: " + String.join(" ", words.subList(2, 14)) + ", no.")).isEmpty());
        assertTrue(contamination.find(WordIndex.of("so eight words are enough, to be found whole!")).isPresent());
        assertTrue(contamination.find(WordIndex.of("a short one is not")).isEmpty());
    }

    @Test
    void aSetOfHashesIsASet() {
        var ours = new LongHashSet();
        var theirs = new HashSet<Long>();
        for (int i = 0; i < 100_000; i++) {
            var hash = random.nextInt(3) == 0 ? random.nextInt(1000) : random.nextLong();
            assertEquals(theirs.add(hash == 0 ? 1 : hash), ours.add(hash));
        }
        assertEquals(theirs.size(), ours.size());
        for (var hash : theirs) assertTrue(ours.contains(hash));
    }

    @Test
    void memoryIsNotFullBecauseFewDocumentsAreToCome() {
        var near = new NearDuplicates(0.8, 100_000_000, () -> 3_000);
        var random = new java.util.SplittableRandom(1);
        for (int i = 0; i < 6_000; i++) near.add(random.ints(MinHash.PERMUTATIONS).toArray());
        assertFalse(near.isFull());
        assertEquals(6_000, near.documents());
    }
}
