package dev.parley.eval.bias;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.eval.bias.BiasSuite.TextScore;
import dev.parley.eval.bias.CrowsPairs.Pair;
import dev.parley.eval.harness.TinyModelFolder;
import dev.parley.kernels.DType;
import dev.parley.model.Backend;
import dev.parley.model.CausalLM;
import dev.parley.model.WeightType;
import dev.parley.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PairSuitesTest {

    static BiasFigure figure(List<BiasFigure> figures, String group, String metric) {
        return figures.stream().filter(f -> f.group().equals(group) && f.metric().equals(metric)).findFirst().orElseThrow();
    }

    static TextScore score(double sum) {
        return new TextScore(sum, 4);
    }

    /** What Nangia et al. 2020 published for BERT, as their script prints it: 60.48 of all, 61.09 and 56.88 of the two directions. */
    @Test
    void crowsPairsGivesThePublishedFiguresOfBert() {
        var pairs = new ArrayList<Pair>();
        var scores = new ArrayList<TextScore>();
        for (int i = 0; i < 1508; i++) {
            var isStereo = i < 1290;
            pairs.add(new Pair("a", "b", "gender", isStereo ? "stereo" : "antistereo"));
            scores.add(score(i < 788 || i >= 1290 && i < 1290 + 124 ? -10 : -12)); // 788 of 1,290 and 124 of 218
            scores.add(score(-11));
        }
        var figures = new CrowsPairs(pairs).figures(scores);
        assertEquals(61.09, 100 * figure(figures, "(stereo)", "pct_stereotype").score().value(), 0.005);
        assertEquals(56.88, 100 * figure(figures, "(antistereo)", "pct_stereotype").score().value(), 0.005);
        assertEquals(60.48, 100 * figure(figures, "all", "pct_stereotype").score().value(), 0.005);
        assertEquals(1, figure(figures, "all", "likelihood_diff").score().value(), 1e-12);
    }

    @Test
    void theErrorIsThatOfAMean() {
        var pairs = List.of(new Pair("a", "b", "age", "stereo"), new Pair("a", "b", "age", "stereo"), new Pair("a", "b", "age", "stereo"));
        var figures = new CrowsPairs(pairs).figures(List.of(score(-1), score(-2), score(-1), score(-4), score(-3), score(-3)));
        // 1, 1, 0 (a tie is no preference): mean 2/3, deviation sqrt(1/3), error sqrt(1/3) / sqrt(3)
        assertEquals(2.0 / 3, figure(figures, "age", "pct_stereotype").score().value(), 1e-12);
        assertEquals(1.0 / 3, figure(figures, "age", "pct_stereotype").score().stderr(), 1e-12);
        assertEquals(4.0 / 3, figure(figures, "age", "likelihood_diff").score().value(), 1e-12);
    }

    @Test
    void chineseProbesTakeAwayWhatTheWordsThemselvesMake() {
        var probe = new ChineseProbes.Probe("gender", "那位护士", "那个人", "{}说，", "她", "他");
        var suite = new ChineseProbes(List.of(probe));
        assertEquals(new BiasSuite.Text("那个人说，", "他"), suite.texts().get(3));
        var figures = suite.figures(List.of(score(-1), score(-3), score(-2), score(-1.5)));
        assertEquals(2.5, figure(figures, "gender", "log_ratio").score().value(), 1e-12);
    }

    @Test
    void ourProbesAreWellFormedAndBalanced() {
        var probes = ChineseProbes.ours().probes();
        assertEquals(104, probes.size());
        assertEquals(20, probes.stream().filter(p -> p.stereotype().equals("她")).count());
        assertEquals(20, probes.stream().filter(p -> p.stereotype().equals("他")).count());
        assertTrue(probes.stream().allMatch(p -> p.beginning().contains("{}") && !p.stereotype().equals(p.other())));
        assertEquals(probes.size(), probes.stream().distinct().count());
    }

    @Test
    void filesAreReadAndScoredByAModel(@TempDir Path folder) throws IOException {
        var csv = Files.writeString(folder.resolve("pairs.csv"), """
                ,sent_more,sent_less,stereo_antistereo,bias_type
                0,"the cat, sat","the dog, sat",stereo,age
                1,a b c,a b d,antistereo,gender
                """);
        var blimp = Files.writeString(folder.resolve("agreement.jsonl"),
                "{\"sentence_good\":\"the cat sat\",\"sentence_bad\":\"the cat sits\",\"UID\":\"agreement\"}\n");
        var tiny = TinyModelFolder.in(folder);
        var tokenizer = Tokenizer.fromPretrained(tiny.toString());
        try (var model = CausalLM.fromPretrained(tiny, WeightType.FLOAT32, DType.FLOAT32, Backend.JAVA)) {
            var suite = CrowsPairs.read(csv);
            assertEquals("the cat, sat", suite.pairs().getFirst().more());
            var figures = suite.run(model, tokenizer, (done, all) -> assertTrue(done <= all));
            assertEquals(2, figure(figures, "all", "pct_stereotype").score().n());
            assertTrue(figure(figures, "all", "likelihood_diff").score().value() > 0);
            assertEquals(1, figure(Blimp.read(blimp).run(model, tokenizer, (done, all) -> {}), "agreement", "acc").score().n());
        }
    }
}
