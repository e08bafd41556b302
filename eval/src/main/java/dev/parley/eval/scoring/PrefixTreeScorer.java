package dev.parley.eval.scoring;

import dev.parley.eval.scoring.PrefixTree.Edge;
import dev.parley.kernels.machine.ThreadTeam;
import dev.parley.kernels.vectors.LogSumExp;
import dev.parley.model.CausalLM;
import dev.parley.model.InferenceSession;
import dev.parley.model.InferenceSession.Feed;
import dev.parley.model.InferenceSession.Scored;
import dev.parley.model.SequenceCache;
import java.util.ArrayList;
import java.util.List;

/**
 * Scores continuations by walking the tree of their beginnings, depth first: each edge is read once, after what lies above it, and a
 * pass reads as many edges as fit. Pairs of sentences that differ in a word, choices after one question and questions after the same
 * examples so cost what they do not share.
 */
final class PrefixTreeScorer implements Scorer {

    private static final long CACHE_BYTES = 2L << 30;

    private final CausalLM model;
    private final InferenceSession session;

    PrefixTreeScorer(CausalLM model) {
        this.model = model;
        session = model.openSession(CACHE_BYTES);
    }

    @Override
    public int contextLength() {
        return model.config().maxPositionEmbeddings();
    }

    @Override
    public void score(List<Continuation> asked, Listener listener) {
        if (asked.isEmpty()) return;
        try (var tree = new PrefixTree(asked, contextLength(), session)) {
            while (true) {
                var edges = tree.next();
                if (edges.isEmpty()) return;
                pass(tree, edges, listener);
            }
        }
    }

    private void pass(PrefixTree tree, List<Edge> edges, Listener listener) {
        var caches = new ArrayList<SequenceCache>();
        for (var edge : edges) caches.add(edge.parent().take());
        var feeds = new ArrayList<Feed>();
        for (int i = 0; i < edges.size(); i++)
            feeds.add(new Feed(caches.get(i), tree.ids(edges.get(i)), edges.get(i).scored() ? Scored.ALL : Scored.NONE, false));
        var outputs = session.feed(feeds);
        record Place(Edge edge, int at, float[] scores) {}
        var places = new ArrayList<Place>();
        for (int i = 0; i < edges.size(); i++) {
            var scores = outputs.get(i).scores();
            for (int t = 0; t < scores.length; t++) places.add(new Place(edges.get(i), edges.get(i).from() + t, scores[t]));
        }
        ThreadTeam.shared().each(places.size(), i -> tell(tree, places.get(i).edge(), places.get(i).at(), places.get(i).scores()));
        for (int i = 0; i < edges.size(); i++) tree.done(edges.get(i), caches.get(i), listener);
    }

    /** Notes how likely the next token of each text is that goes through a place. */
    private static void tell(PrefixTree tree, Edge edge, int at, float[] scores) {
        var highest = LogSumExp.highest(scores, scores.length);
        var all = LogSumExp.of(scores, scores.length, highest);
        for (int row = edge.first(); row < edge.end(); row++) {
            if (at < tree.row(row).start()) continue;
            var id = tree.row(row).ids()[at + 1];
            tree.row(row).set(at, scores[id] - all, scores[id] >= highest);
        }
    }

    @Override
    public void close() {
        session.close();
    }
}
