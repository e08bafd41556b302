package dev.parley.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.kernels.DType;
import dev.parley.model.InferenceSession.Feed;
import dev.parley.weights.GgmlType;
import dev.parley.weights.LlamaCpp;
import dev.parley.weights.LlamaCppModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A file in each of the types that are read, run from its blocks, beside llama.cpp on the same file: the probabilities of a text, and 64
 * tokens chosen greedily. llama.cpp rounds what its products read to 8 bits, which moves a score by about a hundredth of the spread of all.
 * So the texts begin with a token after which, by the widened numbers, no second best comes nearer than some hundredths: what llama.cpp
 * rounds then decides no choice, and a wrong weight still does.
 */
class LlamaCppAgreementTest {

    private static final int VOCABULARY = 96;
    private static final int TOKENS = 64;
    private static final double CLEAR = 0.03; // of the scores' standard deviation
    private static final int LEAST_VARIETY = 2; // different tokens: random models come to repeat themselves

    @TempDir
    static Path folder;

    /** A model in whole floats, with rows of so many numbers; others are of 512 and 768, whole blocks of 256. */
    private static synchronized Path wide(int width) throws IOException {
        var file = folder.resolve("wide-" + width + ".gguf");
        if (Files.exists(file)) return file;
        var config = ConfigFile.of("config.json", new ObjectMapper().readTree("""
                {"model_type": "llama", "vocab_size": %d, "hidden_size": %d, "intermediate_size": 768, "num_hidden_layers": 2,
                 "num_attention_heads": 8, "num_key_value_heads": 2, "head_dim": 64, "max_position_embeddings": 1024,
                 "rope_theta": 10000, "rms_norm_eps": 1e-6, "tie_word_embeddings": false, "initializer_range": 0.012}"""
                .formatted(VOCABULARY, width)));
        RandomModels.write(folder.resolve("model-" + width), config, 6);
        GgufExport.write(folder.resolve("model-" + width), file, GgmlType.F32);
        return file;
    }

    /** By llama.cpp's numbers of mixtures; that of MXFP4 has it for experts alone, unless it is to be pure. */
    @ParameterizedTest
    @CsvSource({"F32,0", "F16,1", "BF16,32", "Q4_0,2", "Q4_1,3", "Q8_0,7", "Q5_0,8", "Q5_1,9", "Q2_K,10", "Q3_K_M,12", "Q4_K_M,15",
        "Q5_K_M,17",
        "Q6_K,18", "IQ4_NL,25", "IQ4_XS,30", "MXFP4,38"})
    void textsAndTheirProbabilitiesAreThoseOfLlamaCpp(String name, int fileType) throws Exception {
        for (var width : new int[] {576, 896}) {
            var file = folder.resolve(name + "-" + width + ".gguf");
            LlamaCpp.load().quantize(wide(width), file, fileType, name.equals("MXFP4"));
            try (var ours = CausalLM.fromPretrained(file, WeightType.AS_STORED, DType.FLOAT32, Backend.JAVA);
                    var theirs = new LlamaCppModel(file)) {
                var text = new SplittableRandom(3).ints(600, 0, VOCABULARY).toArray();
                double[] our = ours.tokenLogprobs(new int[][] {text})[0], their = logprobs(theirs.feed(text), text);
                assertEquals(1, Math.exp(mean(their) - mean(our)), 0.001, name + " " + width + ": perplexity");
                for (int t = 0; t < our.length; t++) assertEquals(their[t], our[t], 0.04, name + " " + width + ": token " + t);
                var begin = clearBeginning(file);
                theirs.clear();
                assertArrayEquals(theirs.greedy(new int[] {begin}, TOKENS), greedy(ours, begin), name + " " + width);
            }
        }
    }

    private static double mean(double[] numbers) {
        return Arrays.stream(numbers).average().orElseThrow();
    }

    private static double[] logprobs(float[][] scores, int[] text) {
        return IntStream.range(0, text.length - 1).mapToDouble(t -> {
            var sum = 0.0;
            for (var score : scores[t]) sum += Math.exp(score);
            return scores[t][text[t + 1]] - Math.log(sum);
        }).toArray();
    }

    private static int[] greedy(CausalLM model, int begin) {
        var ids = new int[TOKENS];
        try (var session = model.openSession(0); var sequence = session.open()) {
            for (int i = 0, last = begin; i < TOKENS; last = ids[i++])
                ids[i] = best(session.feed(List.of(Feed.of(sequence, last))).getFirst().scores()[0], -1);
        }
        return ids;
    }

    private static int best(float[] scores, int but) {
        var best = but == 0 ? 1 : 0;
        for (int id = best + 1; id < scores.length; id++) if (id != but && scores[id] > scores[best]) best = id;
        return best;
    }

    private record Beginning(int id, SequenceCache sequence, int last, Set<Integer> seen, double margin) {}

    /** The token after which the nearest second best stays farthest; the numbers are those of the file's blocks, widened to float32. */
    private static int clearBeginning(Path file) throws IOException {
        try (var model = CausalLM.fromPretrained(file, WeightType.FLOAT32, DType.FLOAT32, Backend.JAVA);
                var session = model.openSession(1L << 28)) {
            List<Beginning> left = new ArrayList<>();
            for (int id = 0; id < VOCABULARY; id++)
                left.add(new Beginning(id, session.open(), id, new HashSet<>(), Double.POSITIVE_INFINITY));
            for (int i = 0; i < TOKENS; i++) {
                var outputs = session.feed(left.stream().map(b -> Feed.of(b.sequence, b.last)).toList());
                var next = new ArrayList<Beginning>();
                for (int b = 0; b < left.size(); b++) {
                    var scores = outputs.get(b).scores()[0];
                    var best = best(scores, -1);
                    var margin = Math.min(left.get(b).margin, (scores[best] - scores[best(scores, best)]) / deviation(scores));
                    left.get(b).seen.add(best);
                    if (margin >= CLEAR) next.add(new Beginning(left.get(b).id, left.get(b).sequence, best, left.get(b).seen, margin));
                    else left.get(b).sequence.close();
                }
                left = next;
            }
            left.forEach(beginning -> beginning.sequence.close());
            var clear = left.stream().filter(beginning -> beginning.seen.size() >= LEAST_VARIETY)
                    .max(Comparator.comparingDouble(Beginning::margin));
            assertTrue(clear.isPresent(), "no beginning whose choices are clear: choose another seed");
            return clear.get().id;
        }
    }

    private static double deviation(float[] scores) {
        double sum = 0, squares = 0;
        for (var score : scores) {
            sum += score;
            squares += score * score;
        }
        return Math.sqrt(squares / scores.length - sum * sum / scores.length / scores.length);
    }
}
