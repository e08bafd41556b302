package dev.parley.eval.scoring;

import dev.parley.model.CausalLM;
import dev.parley.model.TokenTree;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Scores continuations by whole trees, each read in one pass without a cache. Products of thousands of tokens are what libtorch is quick
 * at; what two passes have in common is read twice.
 */
final class TreePassScorer implements Scorer {

    private static final int MOST_TOKENS = 4096;
    private static final int TIMES_FASTER = 2; // than edges by the Java engine, on a Xeon without AMX; with it 4

    private final CausalLM model;
    private final int mostTokens;
    private final PrefixTreeScorer onceEach; // where many long texts share their beginnings

    TreePassScorer(CausalLM model) {
        this(model, MOST_TOKENS);
    }

    TreePassScorer(CausalLM model, int mostTokens) {
        this.model = model;
        this.mostTokens = mostTokens;
        onceEach = new PrefixTreeScorer(model);
    }

    @Override
    public int contextLength() {
        return model.config().maxPositionEmbeddings();
    }

    @Override
    public void score(List<Continuation> asked, Listener listener) {
        var rows = ScoredRow.sorted(asked, contextLength());
        var passes = passes(rows);
        if (passes.stream().mapToLong(p -> p.tokens).sum() > TIMES_FASTER * onceEach(rows)) onceEach.score(asked, listener);
        else for (var pass : passes) read(rows, pass, listener);
    }

    /**
     * Neighbours that are read together.
     *
     * @param tokens what they share counted once
     */
    private record Pass(int first, int end, int tokens) {}

    private List<Pass> passes(ScoredRow[] rows) {
        var passes = new ArrayList<Pass>();
        for (int first = 0; first < rows.length;) {
            var tokens = rows[first].read();
            var end = first + 1;
            for (; end < rows.length; end++) {
                var more = rows[end].read() - rows[end].common(rows[end - 1]);
                if (tokens + more > mostTokens) break;
                tokens += more;
            }
            passes.add(new Pass(first, end, tokens));
            first = end;
        }
        return passes;
    }

    private static long onceEach(ScoredRow[] rows) {
        long tokens = 0;
        for (int row = 0; row < rows.length; row++) tokens += rows[row].read() - (row == 0 ? 0 : rows[row].common(rows[row - 1]));
        return tokens;
    }

    private void read(ScoredRow[] rows, Pass pass, Listener listener) {
        int[] ids = new int[pass.tokens], parents = new int[pass.tokens];
        record Target(int node, ScoredRow row, int at) {}
        var targets = new ArrayList<Target>();
        var path = new int[contextLength()]; // the nodes of the last text
        var nodes = 0;
        for (int r = pass.first; r < pass.end; r++) {
            var row = rows[r];
            for (int at = r == pass.first ? 0 : row.common(rows[r - 1]); at < row.read(); at++, nodes++) {
                ids[nodes] = row.ids()[at];
                parents[nodes] = at == 0 ? -1 : path[at - 1];
                path[at] = nodes;
            }
            for (int at = row.start(); at < row.read(); at++) targets.add(new Target(path[at], row, at));
        }
        targets.sort((a, b) -> Integer.compare(a.node, b.node));
        var scores = model.read(new TokenTree(ids, parents, targets.stream().mapToInt(Target::node).toArray(),
                targets.stream().mapToInt(t -> t.row.ids()[t.at + 1]).toArray()));
        for (int t = 0; t < targets.size(); t++)
            targets.get(t).row.set(targets.get(t).at, scores.logprobs()[t], scores.likeliest()[t]);
        for (var row : Arrays.asList(rows).subList(pass.first, pass.end)) row.tell(listener);
    }

    @Override
    public void close() {
        onceEach.close();
    }
}
