package dev.parley.eval;

import dev.parley.model.LanguageModel;
import dev.parley.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * How many bits a model needs for a byte of text: -log2 p of all tokens after the first, divided by the bytes of the text.
 * Unlike the loss it can be compared between models with different vocabularies.
 */
public final class BitsPerByte {

    private static final int BATCH = 16;

    private BitsPerByte() {}

    /** Gives the sum of -ln p of a document's tokens, each after the one before; a document begins with {@code bos}. */
    @FunctionalInterface
    interface Nats {
        double of(int[] ids);
    }

    /** Over documents, each by itself, cut to the model's context; the error is over documents. */
    public static Score of(LanguageModel model, Tokenizer tokenizer, int bos, List<String> documents) {
        var ids = documents.stream().map(d -> withBos(bos, tokenizer.encode(d))).toList();
        var nats = new double[ids.size()];
        var bytes = new long[ids.size()];
        for (int start = 0; start < nats.length; start += BATCH) {
            for (int i = start; i < Math.min(nats.length, start + BATCH); i++) {
                var row = Arrays.copyOf(ids.get(i), Math.min(ids.get(i).length, model.config().maxPositionEmbeddings()));
                nats[i] = -Arrays.stream(model.tokenLogprobs(new int[][] {row})[0]).sum();
                bytes[i] = tokenizer.decodeBytes(Arrays.copyOfRange(row, 1, row.length)).length;
            }
        }
        return score(nats, bytes);
    }

    /** The same for a model of another kind. */
    static Score of(Nats model, Tokenizer tokenizer, int bos, List<String> documents) {
        var nats = new double[documents.size()];
        var bytes = new long[documents.size()];
        for (int i = 0; i < nats.length; i++) {
            nats[i] = model.of(withBos(bos, tokenizer.encode(documents.get(i))));
            bytes[i] = documents.get(i).getBytes(StandardCharsets.UTF_8).length;
        }
        return score(nats, bytes);
    }

    static int[] withBos(int bos, int[] ids) {
        var with = new int[ids.length + 1];
        with[0] = bos;
        System.arraycopy(ids, 0, with, 1, ids.length);
        return with;
    }

    /** The error of a ratio of sums, by linearising: Cochran, Sampling Techniques, 1977, section 2.11. */
    private static Score score(double[] nats, long[] bytes) {
        var ratio = Arrays.stream(nats).sum() / Arrays.stream(bytes).sum();
        var meanBytes = (double) Arrays.stream(bytes).sum() / bytes.length;
        var squares = 0.0;
        for (int i = 0; i < nats.length; i++) squares += Math.pow(nats[i] - ratio * bytes[i], 2);
        var n = nats.length;
        var stderr = n < 2 ? 0 : Math.sqrt(squares / (n - 1) / n) / meanBytes;
        return new Score(ratio / Math.log(2), stderr / Math.log(2), n);
    }
}
