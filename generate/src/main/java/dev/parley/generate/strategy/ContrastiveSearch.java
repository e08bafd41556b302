package dev.parley.generate.strategy;

import dev.parley.generate.sampling.Sampler;
import dev.parley.generate.sampling.TopK;
import dev.parley.model.InferenceSession.Output;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Takes, of the top-k tokens, the one whose hidden state is least like those of the sequence so far, Su et al. 2022 (arXiv:2202.06417):
 * the highest of (1 - alpha) p(token) - alpha max cos(state of the token, state of an earlier one). Nothing is drawn.
 */
final class ContrastiveSearch extends Strategy {

    private static final long SHARED_FROM = 1 << 20; // products: a millisecond's work for one thread

    private final GeneratedText text;
    private final double alpha;
    private final int candidates;
    private final List<float[]> states = new ArrayList<>(); // of the text's tokens, of length 1
    private float[] scores = {}; // after the text, once it is read
    private float[] raw = {}; // the same before the processors
    private double[] p = {};
    private int[] tried = {}; // tokens that are being read as the next

    /**
     * @param alpha how much likeness counts, against 1 - alpha for probability
     * @param candidates tokens that are tried in each step
     */
    ContrastiveSearch(GeneratedText text, double alpha, int candidates) {
        super(text, true);
        this.text = text;
        this.alpha = alpha;
        this.candidates = candidates;
    }

    @Override
    public boolean readsStates() {
        return true;
    }

    /** Prefixes of other sequences come without hidden states; when this one is read again, its own are here already. */
    @Override
    public boolean mayShare() {
        return states.size() >= text.length();
    }

    /** Goes on with each of the likeliest tokens. */
    @Override
    public void prepare(int room) {
        if (scores.length == 0 || tried.length > 0) return;
        raw = scores.clone();
        p = Sampler.softmax(text.processed(scores));
        tried = TopK.first(p, candidates);
        scores = new float[0];
        var base = branches().getFirst();
        var next = new ArrayList<Branch>();
        for (int i = 0; i < tried.length; i++) {
            var longer = Arrays.copyOf(text.ids(), text.length() + 1);
            longer[text.length()] = tried[i];
            next.add(i + 1 < tried.length ? base.fork(Tokens.of(longer)) : base.grow(Tokens.of(longer)));
        }
        branches(next);
    }

    @Override
    public void read(Branch branch, int from, float[][] read) {
        for (int i = 0; i < read.length; i++) {
            if (from + i == states.size() && from + i < text.length()) states.add(unit(read[i]));
        }
    }

    @Override
    public int choose(List<Output> outputs) {
        if (tried.length == 0) {
            scores = last(outputs.getFirst().scores()).clone();
            return 0;
        }
        var next = outputs.stream().map(o -> unit(last(o.states()))).toList();
        var best = best(next);
        text.append(tried[best], raw);
        states.add(next.get(best));
        scores = last(outputs.get(best).scores()).clone(); // the next pass writes over them
        for (int i = 0; i < tried.length; i++) {
            if (i != best) branches().get(i).close();
        }
        branches(List.of(branches().get(best).grow(text)));
        tried = new int[0];
        return 1;
    }

    private static float[] last(float[][] rows) {
        return rows[rows.length - 1];
    }

    private int best(List<float[]> next) {
        var products = (long) tried.length * states.size() * next.getFirst().length;
        var candidates = products < SHARED_FROM ? IntStream.range(0, tried.length) : IntStream.range(0, tried.length).parallel();
        var likeness = candidates.mapToDouble(i -> likeness(next.get(i))).toArray();
        var best = 0;
        var highest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < tried.length; i++) {
            var score = (1 - alpha) * p[tried[i]] - alpha * likeness[i];
            if (score > highest) {
                highest = score;
                best = i;
            }
        }
        return best;
    }

    /** With the state that is most like it. */
    private double likeness(float[] state) {
        var highest = Double.NEGATIVE_INFINITY;
        for (var earlier : states) highest = Math.max(highest, dot(state, earlier));
        return highest;
    }

    /** In four sums, none of which waits for the others' additions. */
    private static double dot(float[] a, float[] b) {
        double first = 0, second = 0, third = 0, fourth = 0;
        var whole = a.length & ~3;
        for (int i = 0; i < whole; i += 4) {
            first += (double) a[i] * b[i];
            second += (double) a[i + 1] * b[i + 1];
            third += (double) a[i + 2] * b[i + 2];
            fourth += (double) a[i + 3] * b[i + 3];
        }
        for (int i = whole; i < a.length; i++) first += (double) a[i] * b[i];
        return first + second + (third + fourth);
    }

    private static float[] unit(float[] vector) {
        var length = Math.sqrt(dot(vector, vector));
        var unit = new float[vector.length];
        for (int i = 0; i < unit.length; i++) unit[i] = (float) (vector[i] / length);
        return unit;
    }
}
