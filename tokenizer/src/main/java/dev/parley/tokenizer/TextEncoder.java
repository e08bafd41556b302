package dev.parley.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The way from text to ids: added tokens are found, what is between them is normalised and cut into pieces, and each piece goes through
 * BPE, or is known from before.
 */
final class TextEncoder {

    private final Vocabulary vocabulary;
    private final PreTokenizer preTokenizer;
    private final Map<String, Integer> idOf;
    private final Map<Integer, AddedToken> added;
    private final AddedTokens addedTokens; // found in text as it comes
    private final AddedTokens normalizedTokens; // found in what the normalizer makes of the rest
    private final Optional<PreTokenizer.Metaspace> metaspace;
    private final Bpe bpe;
    private final OffsetFinder offsets;
    private final PieceCache cache = new PieceCache();

    /** @param idOf of all tokens, by content as the file writes it */
    TextEncoder(Vocabulary vocabulary, PreTokenizer preTokenizer, Map<String, Integer> idOf, Map<Integer, AddedToken> added, Bpe bpe,
            OffsetFinder offsets) {
        this.vocabulary = vocabulary;
        this.preTokenizer = preTokenizer;
        this.idOf = idOf;
        this.added = added;
        this.bpe = bpe;
        this.offsets = offsets;
        addedTokens = new AddedTokens(added.values().stream().filter(t -> !t.normalized()).toList(), content -> content);
        normalizedTokens = new AddedTokens(added.values().stream().filter(AddedToken::normalized).toList(), this::normalized);
        metaspace = PreTokenizer.metaspace(preTokenizer);
    }

    /** The ids of a text in which no special token is recognised. */
    int[] encode(String text) {
        return encodeBytes(marked(normalized(text), true).getBytes(StandardCharsets.UTF_8));
    }

    /** The ids of many texts, in their order, by several threads. */
    List<int[]> encodeAll(List<String> texts, int threads) {
        if (threads == 1 || texts.size() < 2) return texts.stream().map(this::encode).toList();
        try (var pool = Executors.newFixedThreadPool(threads)) {
            var each = Math.ceilDiv(texts.size(), threads * 4);
            var parts = new ArrayList<Future<List<int[]>>>();
            for (int start = 0; start < texts.size(); start += each) {
                var part = texts.subList(start, Math.min(texts.size(), start + each));
                parts.add(pool.submit(() -> part.stream().map(this::encode).toList()));
            }
            var all = new ArrayList<int[]>(texts.size());
            for (var part : parts) all.addAll(part.get());
            return all;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TokenizerException("Encoding was interrupted.");
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /** The ids of any bytes, UTF-8 or not. */
    int[] encodeBytes(byte[] bytes) {
        var ids = new IntList(bytes.length / 3);
        encode(bytes, ids);
        return ids.toArray();
    }

    private String normalized(String text) {
        return vocabulary.normalizer().isPresent() ? vocabulary.normalizer().get().apply(text) : text;
    }

    private String marked(String normalized, boolean first) {
        return metaspace.isPresent() ? metaspace.get().mark(normalized, first) : normalized;
    }

    /** The ids of a text in which special and added tokens are recognised. */
    int[] encodeWithSpecialTokens(String text) {
        var ids = new IntList(text.length() / 3);
        for (var part : addedTokens.split(text)) {
            if (part.token().isPresent()) ids.add(part.token().get().id());
            else encodeNormalized(normalized(text.substring(part.start(), part.end())), part.start() == 0, ids);
        }
        return ids.toArray();
    }

    private void encodeNormalized(String text, boolean first, IntList ids) {
        for (var part : normalizedTokens.split(text)) {
            if (part.token().isPresent()) ids.add(part.token().get().id());
            else encode(marked(text.substring(part.start(), part.end()), first && part.start() == 0).getBytes(StandardCharsets.UTF_8), ids);
        }
    }

    private void encode(byte[] bytes, IntList ids) {
        PreTokenizer.split(preTokenizer, bytes, 0, bytes.length, (text, from, to, origin) -> {
            checkInterrupt();
            var encoded = piece(text, from, to);
            ids.addAll(encoded, 0, encoded.length);
        });
    }

    private int[] piece(byte[] text, int from, int to) {
        var place = PieceCache.place(text, from, to);
        if (place >= 0) {
            var met = cache.get(place, text, from, to);
            if (met != null) return met;
        }
        if (vocabulary.ignoreMerges()) {
            var bytes = Arrays.copyOfRange(text, from, to);
            var whole = idOf.get(vocabulary.characters().isPresent() ? Utf8.text(bytes, bytes.length) : ByteLevelAlphabet.write(bytes));
            if (whole != null && !added.containsKey(whole)) return new int[] {whole};
        }
        var room = new int[to - from];
        var encoded = Arrays.copyOf(room, bpe.encode(text, from, to, room));
        if (place >= 0) cache.put(place, text, from, to, encoded);
        return encoded;
    }

    /** The ids of a text with their offsets; special and added tokens are recognised, except where one of their chars is plain. */
    Encoding encodeWithOffsets(String text, BitSet plain) {
        var placed = new OffsetFinder.Placed();
        for (var part : addedTokens.split(text, plain)) {
            if (part.token().isPresent()) {
                placed.add(part.token().get().id(), part.start(), part.end());
                continue;
            }
            var rest = TextNormalizer.Normalized.of(text, part.start(), part.end());
            var normalized = vocabulary.normalizer().isPresent() ? vocabulary.normalizer().get().applyWithOrigin(rest) : rest;
            normalizedWithOffsets(text, normalized, plain, part.start() == 0, placed);
        }
        return placed.encoding();
    }

    private void normalizedWithOffsets(String text, TextNormalizer.Normalized normalized, BitSet plain, boolean first,
            OffsetFinder.Placed placed) {
        var plainHere = new BitSet();
        if (!plain.isEmpty() && !normalizedTokens.isEmpty()) {
            for (int i = 0; i < normalized.text().length(); i++) plainHere.set(i, plain.get(normalized.origin()[i]));
        }
        for (var part : normalizedTokens.split(normalized.text(), plainHere)) {
            if (part.token().isPresent()) {
                placed.add(part.token().get().id(), normalized.origin()[part.start()], normalized.origin()[part.end()]);
                continue;
            }
            var rest = normalized.part(part.start(), part.end());
            var marked = metaspace.isPresent() ? metaspace.get().mark(rest, first && part.start() == 0) : rest;
            var bytes = marked.text().getBytes(StandardCharsets.UTF_8);
            var source = new OffsetFinder.Source(text, marked, bytes.length);
            PreTokenizer.split(preTokenizer, bytes, 0, bytes.length, (piece, from, to, origin) -> {
                checkInterrupt();
                offsets.place(piece(piece, from, to), piece, from, to, origin, source, placed);
            });
        }
    }

    /** Who asked may have left, or waited long enough: its thread is interrupted then, and a long text is not worked through for nobody. */
    private static void checkInterrupt() {
        if (Thread.currentThread().isInterrupted()) throw new TokenizerException("Encoding was interrupted.");
    }
}
