package dev.parley.eval;

import dev.parley.tokenizer.Tokenizer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The simplest model of text worth beating: what followed this token how often, mixed with how often each token comes at
 * all (interpolation after Jelinek and Mercer 1980, with the weight of Witten and Bell 1991).
 */
public final class BigramBaseline {

    private final Map<Long, Integer> pairs = new HashMap<>();
    private final int[] followers; // different tokens that followed each
    private final long[] before; // how often each was followed
    private final long[] counts;
    private long total;

    /** Counts the documents, each of which begins with {@code bos}. */
    public BigramBaseline(int vocabSize, int bos, List<int[]> documents) {
        followers = new int[vocabSize];
        before = new long[vocabSize];
        counts = new long[vocabSize];
        for (var document : documents) {
            var previous = bos;
            for (var id : document) {
                if (pairs.merge((long) previous << 32 | id, 1, Integer::sum) == 1) followers[previous]++;
                before[previous]++;
                counts[id]++;
                total++;
                previous = id;
            }
        }
    }

    /** p(id | previous). */
    double probability(int previous, int id) {
        var alone = (counts[id] + 1.0) / (total + counts.length);
        var weight = before[previous] == 0 ? 1 : (double) followers[previous] / (followers[previous] + before[previous]);
        var together = before[previous] == 0 ? 0 : (double) pairs.getOrDefault((long) previous << 32 | id, 0) / before[previous];
        return weight * alone + (1 - weight) * together;
    }

    /** Bits for a byte of documents. */
    public Score bitsPerByte(Tokenizer tokenizer, int bos, List<String> documents) {
        return BitsPerByte.of(ids -> {
            var nats = 0.0;
            for (int i = 1; i < ids.length; i++) nats -= Math.log(probability(ids[i - 1], ids[i]));
            return nats;
        }, tokenizer, bos, documents);
    }
}
