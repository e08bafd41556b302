package dev.parley.explain;

import dev.parley.model.CausalLM;
import dev.parley.model.InferenceSession;
import dev.parley.model.InferenceSession.Feed;
import dev.parley.model.InferenceSession.Scored;
import dev.parley.model.SequenceCache;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads a text with some of its tokens replaced, and tells what becomes of the targets. What a variant has in common with the text from
 * its beginning is not read again, and short variants share passes.
 */
final class VariantReader implements AutoCloseable {

    private static final long CACHE_BYTES = 1L << 30; // a bound: memory is taken as it is needed

    private final InferenceSession session;
    private final SequenceCache text;
    private final int[] ids;
    private final List<ExplainedToken> tokens;
    private final int firstScored; // the token whose scores predict the first target
    private final int end; // the token after the last that is read

    /**
     * @param tokens in their order
     */
    VariantReader(CausalLM model, int[] ids, List<ExplainedToken> tokens) {
        this.ids = ids;
        this.tokens = tokens;
        firstScored = tokens.getFirst().position() - 1;
        end = tokens.getLast().position();
        session = model.openSession(CACHE_BYTES, false);
        text = session.open();
        if (firstScored > 0) {
            session.feed(List.of(new Feed(text, Arrays.copyOf(ids, firstScored), Scored.NONE, false)));
        }
    }

    /** The targets' values after each variant: (variants, targets). */
    List<double[]> values(List<int[]> variants) {
        var values = new ArrayList<double[]>();
        for (int from = 0; from < variants.size();) {
            var to = from;
            var tokensOfPass = 0;
            do {
                tokensOfPass += end - common(variants.get(to++));
            } while (to < variants.size() && tokensOfPass + end - common(variants.get(to)) <= session.maxTokensPerPass());
            values.addAll(together(variants.subList(from, to)));
            from = to;
        }
        return values;
    }

    /** Tokens that a variant shares with what is read of the text. */
    private int common(int[] variant) {
        var mismatch = Arrays.mismatch(ids, variant);
        return mismatch < 0 ? firstScored : Math.min(mismatch, firstScored);
    }

    private List<double[]> together(List<int[]> variants) {
        var caches = new ArrayList<SequenceCache>();
        try {
            var unscored = new ArrayList<Feed>();
            var scored = new ArrayList<Feed>();
            for (var variant : variants) {
                var cache = text.fork();
                caches.add(cache);
                var common = common(variant);
                cache.truncate(common);
                if (common < firstScored)
                    unscored.add(new Feed(cache, Arrays.copyOfRange(variant, common, firstScored), Scored.NONE, false));
                scored.add(new Feed(cache, Arrays.copyOfRange(variant, firstScored, end), Scored.ALL, false));
            }
            if (!unscored.isEmpty()) session.feed(unscored);
            return session.feed(scored).stream().map(output -> values(output.scores())).toList();
        } finally {
            caches.forEach(SequenceCache::close);
        }
    }

    private double[] values(float[][] scores) {
        return tokens.stream().mapToDouble(token -> token.target().value(scores[token.position() - 1 - firstScored])).toArray();
    }

    @Override
    public void close() {
        text.close();
        session.close();
    }
}
