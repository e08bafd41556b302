package dev.parley.explain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What each target loses where one token of the text is replaced by the baseline. */
final class Occlusion {

    private static final int AT_ONCE = 64;

    private Occlusion() {}

    static Attribution of(VariantReader reader, ExplainedText text, List<ExplainedToken> tokens, int baseline, AnalysisListener listener) {
        var end = tokens.getLast().position();
        var rows = tokens.stream().map(token -> new double[token.position()]).toList();
        for (int from = 0; from < end; from += AT_ONCE) {
            listener.at(Analysis.OCCLUSION, from, end);
            var to = Math.min(end, from + AT_ONCE);
            var variants = new ArrayList<int[]>();
            for (int s = from; s < to; s++) variants.add(replaced(text.ids(), s, baseline));
            var values = reader.values(variants);
            for (int s = from; s < to; s++) {
                for (int n = 0; n < rows.size(); n++) {
                    if (s < rows.get(n).length) rows.get(n)[s] = tokens.get(n).value() - values.get(s - from)[n];
                }
            }
        }
        return Attribution.of(Analysis.OCCLUSION, rows);
    }

    private static int[] replaced(int[] ids, int position, int baseline) {
        var variant = Arrays.copyOf(ids, ids.length);
        variant[position] = baseline;
        return variant;
    }
}
