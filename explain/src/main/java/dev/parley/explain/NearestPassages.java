package dev.parley.explain;

import dev.parley.explain.TrainingPassages.Passage;
import dev.parley.model.CausalLM;
import dev.parley.model.InferenceSession;
import dev.parley.model.InferenceSession.Feed;
import dev.parley.model.InferenceSession.Scored;
import dev.parley.model.SequenceCache;
import dev.parley.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The passages of the training data whose state in the model is most like the text's: the cosine of their vectors, from which the mean of
 * all vectors compared is taken away, since the states of a model all point much the same way (Ethayarajh 2019, arXiv:1909.00512). Near
 * is not the same as "the answer comes from there": it says what the model has read that it holds for alike.
 *
 * @param state what stands for a text
 * @param passages in the data
 * @param compared with the text's vector: all, or those that share most tokens with it
 * @param found the nearest first, each text once
 */
public record NearestPassages(State state, int passages, int compared, List<Found> found) {

    private static final int SHOWN = 10;
    private static final long CACHE_BYTES = 1L << 30; // a bound: memory is taken as it is needed

    /** What stands for a text: the vectors that the head reads. */
    public enum State {
        /** Their mean over the tokens. */
        MEAN,
        /** That of the last token. */
        LAST
    }

    /**
     * A passage.
     *
     * @param source the file's name
     * @param document its number in the file, from 1
     */
    public record Found(double similarity, String source, int document, String text) {}

    /** How passages are compared. It keeps the vectors that were made of them: use it again for more texts, of one model. */
    public static final class Comparison {

        private final TrainingPassages passages;
        private final State state;
        private final int most;
        private final Map<Passage, double[]> vectors = new IdentityHashMap<>();

        /**
         * A comparison.
         *
         * @param most passages that are compared; of more data, those that share most tokens with the text
         */
        public Comparison(TrainingPassages passages, State state, int most) {
            this.passages = passages;
            this.state = state;
            this.most = most;
        }

        /** The usual comparison. */
        public static Comparison of(TrainingPassages passages) {
            return new Comparison(passages, State.MEAN, 2000);
        }
    }

    static NearestPassages of(CausalLM model, Optional<Tokenizer> tokenizer, ExplainedText text, Comparison comparison,
            AnalysisListener listener) {
        var all = comparison.passages;
        var compared = all.sharingMost(text.ids(), comparison.most);
        var wanted = vectors(model, List.of(text.ids()), comparison.state, AnalysisListener.SILENT).getFirst();
        var vectors = vectors(model, compared, comparison, listener);
        var mean = mean(vectors);
        var similarities = vectors.stream().mapToDouble(vector -> cosine(wanted, vector, mean)).toArray();
        var alike = new HashSet<List<Integer>>(); // rows may be there many times
        var found = IntStream.range(0, similarities.length).boxed().sorted(Comparator.comparingDouble(i -> -similarities[i]))
                .filter(i -> alike.add(IntStream.of(compared.get(i).ids()).boxed().toList())).limit(SHOWN).map(i -> {
                    var passage = compared.get(i);
                    return new Found(similarities[i], passage.source().getFileName().toString(), passage.document(),
                            tokenizer.map(t -> t.decode(passage.ids())).orElseGet(() -> Arrays.toString(passage.ids())));
                }).toList();
        return new NearestPassages(comparison.state, all.passages().size(), compared.size(), found);
    }

    /** Makes the vectors that are not there yet. */
    private static List<double[]> vectors(CausalLM model, List<Passage> passages, Comparison comparison, AnalysisListener listener) {
        var context = model.config().maxPositionEmbeddings();
        var fresh = passages.stream().filter(passage -> !comparison.vectors.containsKey(passage)).toList();
        var texts = fresh.stream().map(passage -> Arrays.copyOf(passage.ids(), Math.min(context, passage.ids().length))).toList();
        var made = vectors(model, texts, comparison.state, listener);
        for (int i = 0; i < made.size(); i++) comparison.vectors.put(fresh.get(i), made.get(i));
        return passages.stream().map(comparison.vectors::get).toList();
    }

    /** A vector for each text; short texts share a pass. */
    private static List<double[]> vectors(CausalLM model, List<int[]> texts, State state, AnalysisListener listener) {
        var vectors = new ArrayList<double[]>();
        try (var session = model.openSession(CACHE_BYTES, false)) {
            for (int from = 0; from < texts.size();) {
                listener.at(Analysis.TRAINING_PASSAGES, from, texts.size());
                int to = from, tokens = 0;
                do {
                    tokens += texts.get(to++).length;
                } while (to < texts.size() && tokens + texts.get(to).length <= session.maxTokensPerPass());
                vectors.addAll(together(session, texts.subList(from, to), state));
                from = to;
            }
        }
        return vectors;
    }

    private static List<double[]> together(InferenceSession session, List<int[]> texts, State state) {
        var caches = new ArrayList<SequenceCache>();
        try {
            var feeds = new ArrayList<Feed>();
            for (var ids : texts) {
                caches.add(session.open());
                feeds.add(new Feed(caches.getLast(), ids, Scored.NONE, true));
            }
            return session.feed(feeds).stream().map(output -> vector(output.states(), state)).toList();
        } finally {
            caches.forEach(SequenceCache::close);
        }
    }

    private static double[] vector(float[][] states, State state) {
        var some = state == State.LAST ? states.length - 1 : 0;
        var vector = new double[states[0].length];
        for (int t = some; t < states.length; t++) {
            for (int i = 0; i < vector.length; i++) vector[i] += states[t][i] / (states.length - some);
        }
        return vector;
    }

    /** Of the passages' vectors, if there are enough for one; else zero. */
    private static double[] mean(List<double[]> vectors) {
        var mean = new double[vectors.getFirst().length];
        if (vectors.size() < 3) return mean;
        for (var vector : vectors) {
            for (int i = 0; i < mean.length; i++) mean[i] += vector[i] / vectors.size();
        }
        return mean;
    }

    private static double cosine(double[] a, double[] b, double[] mean) {
        double product = 0, left = 0, right = 0;
        for (int i = 0; i < a.length; i++) {
            double x = a[i] - mean[i], y = b[i] - mean[i];
            product += x * y;
            left += x * x;
            right += y * y;
        }
        return left == 0 || right == 0 ? 0 : product / Math.sqrt(left * right);
    }
}
