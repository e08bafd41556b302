package dev.parley.data.dedup;

import dev.parley.data.text.WordIndex;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Finds documents that hold what models are evaluated by, so that a score does not tell how well they were learnt by heart: 13 words in a
 * row that an example has too, as GPT-3's authors look for (Brown et al. 2020, arXiv:2005.14165, appendix C). Examples of 8 to 12 words
 * are looked for as a whole, shorter ones would be met by chance. Threads may share it.
 *
 * <pre>{@code
 * var contamination = Contamination.with(List.of(Path.of("exam.jsonl")));
 * contamination.find(words).ifPresent(hit -> System.out.println(hit.file()));
 * }</pre>
 */
public final class Contamination {

    /** Words in a row. */
    public static final int WORDS = 13;
    /** Words of the shortest example that is looked for. */
    public static final int FEWEST_WORDS = 8;

    private static final long BASE = 0x9E3779B97F4A7C15L;

    private final List<Path> files;
    private final List<LongHashSet> ofFile = new ArrayList<>();
    private final TreeMap<Integer, LongHashSet> ofLength = new TreeMap<>(); // of all files, by the number of words
    private long examples;
    private long tooShort;

    /**
     * What was found.
     *
     * @param file with the example
     * @param from where the words begin in the document's text
     * @param to where they end
     */
    public record Hit(Path file, int from, int to) {}

    private Contamination(List<Path> files) {
        this.files = List.copyOf(files);
    }

    /** Reads the examples: of JSON and Parquet all texts of each object, of other files the paragraphs. */
    public static Contamination with(List<Path> files) throws IOException {
        var contamination = new Contamination(files);
        for (var file : files) {
            var hashes = new LongHashSet();
            contamination.ofFile.add(hashes);
            EvaluationTexts.read(file, example -> contamination.add(WordIndex.of(example), hashes));
        }
        return contamination;
    }

    private void add(WordIndex words, LongHashSet ofThisFile) {
        if (words.count() == 0) return;
        examples++;
        if (words.count() < FEWEST_WORDS) {
            tooShort++;
            return;
        }
        var n = Math.min(WORDS, words.count());
        var all = ofLength.computeIfAbsent(n, _ -> new LongHashSet());
        for (var rolling = new Rolling(words, n); rolling.isInside(); rolling.advance()) {
            ofThisFile.add(rolling.hash());
            all.add(rolling.hash());
        }
    }

    /** Examples that were read. */
    public long examples() {
        return examples;
    }

    /** How many of them are too short to be looked for. */
    public long tooShort() {
        return tooShort;
    }

    /** The first place of a document that an example shares. */
    public Optional<Hit> find(WordIndex words) {
        for (var length : ofLength.entrySet()) {
            var n = length.getKey();
            for (var rolling = new Rolling(words, n); rolling.isInside(); rolling.advance()) {
                if (!length.getValue().contains(rolling.hash())) continue;
                return Optional.of(new Hit(fileOf(rolling.hash()), words.from(rolling.at), words.to(rolling.at + n - 1)));
            }
        }
        return Optional.empty();
    }

    private Path fileOf(long hash) {
        var file = 0;
        while (!ofFile.get(file).contains(hash)) file++;
        return files.get(file);
    }

    /** The hash of n words in a row, which goes on by one word in constant time (Karp and Rabin 1987). */
    private static final class Rolling {

        private final WordIndex words;
        private final int n;
        private final long highest; // BASE^(n-1)
        private int at;
        private long sum;

        Rolling(WordIndex words, int n) {
            this.words = words;
            this.n = n;
            var power = 1L;
            for (int i = 1; i < n; i++) power *= BASE;
            highest = power;
            for (int i = 0; i < n && i < words.count(); i++) sum = sum * BASE + words.hash(i);
        }

        boolean isInside() {
            return at + n <= words.count();
        }

        void advance() {
            if (at + n < words.count()) sum = (sum - words.hash(at) * highest) * BASE + words.hash(at + n);
            at++;
        }

        /** Texts of different lengths have different hashes. */
        long hash() {
            var bits = (sum + n) * 0xBF58476D1CE4E5B9L;
            return bits ^ bits >>> 32;
        }
    }
}
