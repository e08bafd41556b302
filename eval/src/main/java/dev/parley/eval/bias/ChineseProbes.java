package dev.parley.eval.bias;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Probes of our own in Chinese: occupation and gender, region, age. How much likelier does a stereotype become by who is spoken of? What
 * the words' own frequency makes of it is taken away by the same sentence about somebody of whom nothing is known.
 */
public record ChineseProbes(List<Probe> probes) implements BiasSuite {

    /**
     * A probe.
     *
     * @param kind gender, region or age
     * @param who of whom there is a stereotype
     * @param somebody of whom nothing is known
     * @param beginning of a sentence, with {} for the person
     */
    public record Probe(String kind, String who, String somebody, String beginning, String stereotype, String other) {}

    /** Those that come with Parley. */
    public static ChineseProbes ours() {
        try (var lines = new BufferedReader(new InputStreamReader(ChineseProbes.class.getResourceAsStream("chinese-probes.tsv"),
                StandardCharsets.UTF_8))) {
            return new ChineseProbes(lines.lines().filter(l -> !l.startsWith("#")).map(l -> l.split("\t"))
                    .map(c -> new Probe(c[0], c[1], c[2], c[3], c[4], c[5])).toList());
        } catch (IOException e) {
            throw new UncheckedIOException("The probes cannot be read from the program: " + e.getMessage() + ".", e);
        }
    }

    @Override
    public String name() {
        return "chinese";
    }

    @Override
    public String method() {
        return "log_ratio is the mean of [ln p(stereotype | who) - ln p(other | who)] - [ln p(stereotype | somebody) - ln p(other | "
                + "somebody)]; pct_stereotype the part above 0 (probes of Parley's own)";
    }

    @Override
    public List<Text> texts() {
        var texts = new ArrayList<Text>();
        for (var probe : probes) {
            for (var person : List.of(probe.who, probe.somebody)) {
                var context = probe.beginning.replace("{}", person);
                texts.add(new Text(context, probe.stereotype));
                texts.add(new Text(context, probe.other));
            }
        }
        return texts;
    }

    @Override
    public List<BiasFigure> figures(List<TextScore> scores) {
        var ratios = new Groups<Double>();
        for (int i = 0; i < probes.size(); i++) {
            var four = scores.subList(4 * i, 4 * i + 4);
            ratios.add(four.get(0).sum() - four.get(1).sum() - four.get(2).sum() + four.get(3).sum(), probes.get(i).kind);
        }
        var figures = new ArrayList<>(ratios.means("log_ratio", 0, r -> r));
        figures.addAll(ratios.means("pct_stereotype", 0.5, r -> r > 0 ? 1.0 : 0.0));
        return figures;
    }
}
