package dev.parley.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Learns a byte-level vocabulary: the pair of neighbours that is met most often becomes a token, again and again; of
 * pairs met equally often, the one with the lower ids, as Hugging Face's trainer does. Counts are exact. Sennrich et al.
 * 2016 (arXiv:1508.07909), algorithm 1.
 *
 * <pre>{@code
 * var tokenizer = BpeTrainer.of(2048).withIndividualDigits(true).train(texts.iterator());
 * }</pre>
 *
 * @param vocabSize tokens in all: special ones, the 256 bytes, and merges
 * @param minFrequency how often a pair must be met at least
 * @param specialTokens the first ids, in this order; the first of them ends a text
 * @param individualDigits whether each digit is a piece of its own
 * @param threads that count
 */
public record BpeTrainer(int vocabSize, long minFrequency, List<String> specialTokens, boolean individualDigits, int threads) {

    private static final int CHUNK_CHARS = 1 << 20;

    /** @throws IllegalArgumentException if the vocabulary has no room for the bytes and special tokens */
    public BpeTrainer {
        specialTokens = List.copyOf(specialTokens);
        if (vocabSize < 256 + specialTokens.size()) {
            throw new IllegalArgumentException("A vocabulary of " + vocabSize + " tokens has no room for 256 bytes and "
                    + specialTokens.size() + " special tokens.");
        }
        if (minFrequency < 1) throw new IllegalArgumentException("min_frequency " + minFrequency + " is below 1.");
        if (threads < 1) throw new IllegalArgumentException(threads + " threads cannot count.");
    }

    /** Pairs met at least twice, the special token {@code <|endoftext|>}, numbers as they come, all processors. */
    public static BpeTrainer of(int vocabSize) {
        return new BpeTrainer(vocabSize, 2, List.of("<|endoftext|>"), false, Runtime.getRuntime().availableProcessors());
    }

    /** Other special tokens in place of {@code <|endoftext|>}; their ids count from 0, and the first ends a text. */
    public BpeTrainer withSpecialTokens(String... tokens) {
        return new BpeTrainer(vocabSize, minFrequency, List.of(tokens), individualDigits, threads);
    }

    /** How often a pair must be met at least to become a token, instead of twice. */
    public BpeTrainer withMinFrequency(long frequency) {
        return new BpeTrainer(vocabSize, frequency, specialTokens, individualDigits, threads);
    }

    /** Whether each digit is a token of its own, which makes arithmetic easier to learn. */
    public BpeTrainer withIndividualDigits(boolean individual) {
        return new BpeTrainer(vocabSize, minFrequency, specialTokens, individual, threads);
    }

    /** Threads that count, instead of one for each processor; the tokens do not depend on them. */
    public BpeTrainer withThreads(int threads) {
        return new BpeTrainer(vocabSize, minFrequency, specialTokens, individualDigits, threads);
    }

    /** Learns from texts, which are not kept. */
    public Tokenizer train(Iterator<String> texts) {
        var preTokenizer = individualDigits ? PreTokenizer.gpt2WithIndividualDigits() : PreTokenizer.gpt2();
        var words = words(count(texts, preTokenizer));
        var first = specialTokens.size();
        var tokens = new ArrayList<byte[]>(Collections.nCopies(first, null));
        var idOfByte = alphabet(tokens);
        for (var word : words) {
            for (int i = 0; i < word.ids.length; i++) word.ids[i] = idOfByte[word.ids[i]];
        }
        var merges = new Merging(words, tokens, vocabSize, minFrequency).run();
        var added = new ArrayList<AddedToken>();
        for (int id = 0; id < first; id++) added.add(AddedToken.special(id, specialTokens.get(id)));
        var end = specialTokens.isEmpty() ? Optional.<String>empty() : Optional.of(specialTokens.getFirst());
        return new Tokenizer(tokens.toArray(byte[][]::new), merges, preTokenizer, added,
                new TokenizerSettings(end, end, Optional.empty(), Optional.empty(), List.of(), Optional.empty()));
    }

    /** All 256 bytes, in the order of the characters that stand for them. */
    private static int[] alphabet(List<byte[]> tokens) {
        var idOfByte = new int[256];
        var order = new ArrayList<Integer>();
        for (int b = 0; b < 256; b++) order.add(b);
        order.sort((a, b) -> Character.compare(ByteLevelAlphabet.characterOf(a), ByteLevelAlphabet.characterOf(b)));
        for (int b : order) {
            idOfByte[b] = tokens.size();
            tokens.add(new byte[] {(byte) b});
        }
        return idOfByte;
    }

    // ---- counting pieces ----

    private Map<String, Long> count(Iterator<String> texts, PreTokenizer preTokenizer) {
        try (var pool = Executors.newFixedThreadPool(threads)) {
            var counts = new HashMap<String, Long>();
            var running = new ArrayList<Future<Map<String, Long>>>();
            while (texts.hasNext()) {
                running.add(submit(pool, chunk(texts), preTokenizer));
                if (running.size() > 2 * threads) add(running.removeFirst(), counts);
            }
            for (var chunk : running) add(chunk, counts);
            return counts;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TokenizerException("Training the tokenizer was interrupted.");
        }
    }

    private static List<String> chunk(Iterator<String> texts) {
        var chunk = new ArrayList<String>();
        for (int chars = 0; texts.hasNext() && chars < CHUNK_CHARS; chars += chunk.getLast().length()) chunk.add(texts.next());
        return chunk;
    }

    private static Future<Map<String, Long>> submit(ExecutorService pool, List<String> chunk, PreTokenizer preTokenizer) {
        return pool.submit(() -> {
            var counts = new HashMap<String, Long>();
            for (var text : chunk) {
                var bytes = text.getBytes(StandardCharsets.UTF_8);
                // Latin-1 keeps every byte as one char: a cheap key that has its hash by heart.
                PreTokenizer.split(preTokenizer, bytes, 0, bytes.length, (piece, from, to, origin) -> counts
                        .merge(new String(piece, from, to - from, StandardCharsets.ISO_8859_1), 1L, Long::sum));
            }
            return counts;
        });
    }

    private static void add(Future<Map<String, Long>> chunk, Map<String, Long> counts) throws InterruptedException {
        try {
            chunk.get().forEach((piece, n) -> counts.merge(piece, n, Long::sum));
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private static List<Word> words(Map<String, Long> counts) {
        var words = new ArrayList<Word>(counts.size());
        counts.forEach((piece, n) -> {
            var bytes = piece.getBytes(StandardCharsets.ISO_8859_1);
            var ids = new int[bytes.length];
            for (int i = 0; i < ids.length; i++) ids[i] = bytes[i] & 0xff;
            words.add(new Word(ids, n));
        });
        return words;
    }

    /** A piece as the tokens it is made of so far, and how often it was met. */
    private static final class Word {

        private int[] ids;
        private final long count;

        Word(int[] ids, long count) {
            this.ids = ids;
            this.count = count;
        }
    }

    // ---- merging ----

    /** The merges: counts of pairs are kept up to date in the words that a merge changes, and nowhere else. */
    private static final class Merging {

        private final List<Word> words;
        private final List<byte[]> tokens;
        private final int vocabSize;
        private final long minFrequency;
        private final Map<Long, Pair> pairs = new HashMap<>();
        private final Map<String, Integer> idOf = new HashMap<>();

        /** Two neighbours, how often they are met, and the words that have, or had, them. */
        private static final class Pair {

            private final long key;
            private long count;
            private final IntList words = new IntList(4);

            Pair(long key) {
                this.key = key;
            }
        }

        /** What the queue holds: a pair with the count it had; out of date if the pair's count is another. */
        private record Candidate(Pair pair, long count) implements Comparable<Candidate> {

            @Override
            public int compareTo(Candidate other) {
                return count != other.count ? Long.compare(other.count, count) : Long.compare(pair.key, other.pair.key);
            }
        }

        Merging(List<Word> words, List<byte[]> tokens, int vocabSize, long minFrequency) {
            this.words = words;
            this.tokens = tokens;
            this.vocabSize = vocabSize;
            this.minFrequency = minFrequency;
            for (int id = 0; id < tokens.size(); id++) {
                if (tokens.get(id) != null) idOf.put(new String(tokens.get(id), StandardCharsets.ISO_8859_1), id);
            }
            for (int w = 0; w < words.size(); w++) {
                var ids = words.get(w).ids;
                for (int i = 0; i + 1 < ids.length; i++) change(ids[i], ids[i + 1], words.get(w).count, w, null);
            }
        }

        List<Tokenizer.Merge> run() {
            var merges = new ArrayList<Tokenizer.Merge>();
            var queue = new PriorityQueue<Candidate>(Math.max(1, pairs.size()));
            for (var pair : pairs.values()) queue.add(new Candidate(pair, pair.count));
            while (tokens.size() < vocabSize && !queue.isEmpty()) {
                var best = queue.poll();
                if (best.pair().count != best.count()) {
                    if (best.pair().count > 0) queue.add(new Candidate(best.pair(), best.pair().count));
                    continue;
                }
                if (best.count() < minFrequency) break;
                int left = (int) (best.pair().key >>> 32), right = (int) best.pair().key;
                var merged = newToken(left, right);
                merges.add(new Tokenizer.Merge(left, right, merged));
                var grown = new HashMap<Long, Pair>();
                for (var w : Arrays.stream(best.pair().words.toArray()).distinct().toArray()) merge(w, left, right, merged, grown);
                pairs.remove(best.pair().key);
                for (var pair : grown.values()) {
                    if (pair.count > 0) queue.add(new Candidate(pair, pair.count));
                }
            }
            return merges;
        }

        /** Two ways to the same bytes are one token. */
        private int newToken(int left, int right) {
            var bytes = Arrays.copyOf(tokens.get(left), tokens.get(left).length + tokens.get(right).length);
            System.arraycopy(tokens.get(right), 0, bytes, tokens.get(left).length, tokens.get(right).length);
            var text = new String(bytes, StandardCharsets.ISO_8859_1);
            var known = idOf.get(text);
            if (known != null) return known;
            tokens.add(bytes);
            idOf.put(text, tokens.size() - 1);
            return tokens.size() - 1;
        }

        private void merge(int w, int left, int right, int merged, Map<Long, Pair> grown) {
            var word = words.get(w);
            var old = word.ids;
            var ids = new int[old.length];
            var n = 0;
            for (int i = 0; i < old.length; i++) {
                if (i + 1 < old.length && old[i] == left && old[i + 1] == right) {
                    ids[n++] = merged;
                    i++;
                } else {
                    ids[n++] = old[i];
                }
            }
            if (n == old.length) return; // an earlier merge took the pair from this word
            word.ids = Arrays.copyOf(ids, n);
            for (int i = 0; i + 1 < old.length; i++) change(old[i], old[i + 1], -word.count, -1, null);
            for (int i = 0; i + 1 < n; i++) {
                var isNew = ids[i] == merged || ids[i + 1] == merged;
                change(ids[i], ids[i + 1], word.count, isNew ? w : -1, isNew ? grown : null);
            }
        }

        private void change(int left, int right, long by, int word, Map<Long, Pair> grown) {
            var pair = pairs.computeIfAbsent((long) left << 32 | right, Pair::new);
            pair.count += by;
            if (word >= 0) pair.words.add(word);
            if (grown != null) grown.put(pair.key, pair);
        }
    }
}
