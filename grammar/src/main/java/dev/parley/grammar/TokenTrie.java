package dev.parley.grammar;

import dev.parley.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A vocabulary as a tree of bytes, laid out in the order of a walk through it: tokens that begin alike are tried together, and
 * where a beginning is not allowed its whole branch is skipped. Immutable.
 */
final class TokenTrie {

    private final byte[] bytes; // of each node: the byte that leads to it
    private final short[] depths; // of each node: bytes before it
    private final int[] skips; // of each node: the first node after its branch
    private final int[] tokens; // of each node: a token that ends here, or -1
    private final int[] same; // by token: another of the same bytes, or -1
    private final byte[][] texts; // by token
    private final int depth;

    /**
     * The tokens of a tokenizer that stand for text; special ones do not.
     *
     * @param first whether a text begins with them
     * @param shown special ones that stand for their names all the same
     */
    static TokenTrie of(Tokenizer tokenizer, boolean first, Set<Integer> shown) {
        var texts = new byte[tokenizer.vocabSize()][];
        for (int id = 0; id < texts.length; id++) texts[id] = tokenizer.textBytes(id, first, shown);
        return new TokenTrie(texts);
    }

    /** Whether both stand for the same texts. */
    boolean hasTextsOf(TokenTrie other) {
        return Arrays.deepEquals(texts, other.texts);
    }

    /** @param texts by token, empty where it stands for none */
    TokenTrie(byte[][] texts) {
        this.texts = texts;
        depth = Arrays.stream(texts).mapToInt(t -> t.length).max().orElse(0);
        if (depth > Short.MAX_VALUE)
            throw new GrammarException("A token has " + depth + " bytes, which are more than structured output can handle.");
        var order = IntStream.range(0, texts.length).filter(id -> texts[id].length > 0).boxed()
                .sorted(Comparator.comparing(id -> texts[id], Arrays::compareUnsigned)).mapToInt(id -> id).toArray();
        var nodes = 0;
        for (int i = 0; i < order.length; i++) nodes += texts[order[i]].length - shared(texts, order, i);
        bytes = new byte[nodes];
        depths = new short[nodes];
        skips = new int[nodes];
        tokens = new int[nodes];
        same = new int[texts.length];
        Arrays.fill(tokens, -1);
        Arrays.fill(same, -1);
        fill(order);
    }

    private static int shared(byte[][] texts, int[] order, int i) {
        if (i == 0) return 0;
        var mismatch = Arrays.mismatch(texts[order[i - 1]], texts[order[i]]);
        return mismatch < 0 ? texts[order[i]].length : mismatch;
    }

    private void fill(int[] order) {
        var path = new int[depth + 1]; // the node at each depth of the last token
        var node = 0;
        var length = 0;
        for (int i = 0; i < order.length; i++) {
            var text = texts[order[i]];
            var shared = shared(texts, order, i);
            for (int d = shared; d < length; d++) skips[path[d]] = node;
            for (int d = shared; d < text.length; d++) {
                bytes[node] = text[d];
                depths[node] = (short) d;
                path[d] = node++;
            }
            length = text.length;
            var last = path[length - 1];
            same[order[i]] = tokens[last];
            tokens[last] = order[i];
        }
        for (int d = 0; d < length; d++) skips[path[d]] = node;
    }

    int vocabSize() {
        return texts.length;
    }

    /** The bytes of a token. */
    byte[] text(int token) {
        return texts[token];
    }

    /** Bytes of the longest token. */
    int depth() {
        return depth;
    }

    /** The tokens that may come next, as bits. @throws GrammarException if that takes too much work to find out */
    long[] allowed(Configurations.Configuration from) {
        var work = Work.ofStep();
        var mask = new long[(texts.length + 63) / 64];
        var path = new Configurations.Configuration[depth + 1];
        path[0] = from;
        for (int node = 0; node < bytes.length;) {
            var after = path[depths[node]].after(bytes[node], work);
            if (after == null) {
                node = skips[node];
                continue;
            }
            path[depths[node] + 1] = after;
            for (int token = tokens[node]; token >= 0; token = same[token]) mask[token >> 6] |= 1L << token;
            node++;
        }
        return mask;
    }
}
