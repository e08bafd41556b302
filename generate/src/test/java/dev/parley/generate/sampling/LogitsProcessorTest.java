package dev.parley.generate.sampling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.files.Golden;
import dev.parley.generate.config.GenerationConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LogitsProcessorTest {

    /** Against transformers' semantics. */
    @Test
    void processorsAgreeWithTheGoldenData() throws Exception {
        var golden = Golden.json(Golden.folder("processors.json"));
        var compared = 0;
        for (var test : golden.path("cases")) {
            var processors = test.path("processors");
            var known = true;
            for (var p : processors) known &= processor(p).isPresent();
            if (!known) continue;
            compared++;
            for (int row = 0; row < golden.path("logits").size(); row++) {
                var logits = floats(golden.path("logits").get(row));
                for (var p : processors) processor(p).orElseThrow().process(Golden.ints(golden.path("input_ids").get(row)), logits);
                var probabilities = Sampler.softmax(logits);
                var expected = test.path("logprobs").get(row);
                for (int i = 0; i < logits.length; i++) {
                    if (expected.get(i).isNull()) assertEquals(0, probabilities[i], test.toString());
                    // float32 scores
                    else assertEquals(expected.get(i).asDouble(), Math.log(probabilities[i]), 1e-5, test.path("name").asText());
                }
            }
        }
        assertEquals(golden.path("cases").size(), compared);
    }

    @Test
    void presenceAndFrequencyCountWhatWasDrawnAndNotWhatWasAsked() {
        var config = GenerationConfig.builder().presencePenalty(1).frequencyPenalty(0.5).build();
        var logits = new float[4];
        for (var processor : LogitsProcessor.of(config, 3, 9, Optional.empty())) processor.process(new int[] {0, 0, 1, 1, 2, 2}, logits);
        assertArrayEquals(new float[] {0, -1.5f, -2, 0}, logits);
    }

    @Test
    void theRepetitionPenaltyLooksAtAsManyOfTheLastTokensAsIsSaid() {
        for (int window = 0; window <= 4; window++) {
            var config = GenerationConfig.builder().repetitionPenalty(2).repetitionWindow(window).build();
            float[] logits = {8, 8, -8, 8, 8}, expected = {8, 8, -8, 8, 8};
            int[] ids = {0, 1, 2, 3, 3};
            for (var processor : LogitsProcessor.of(config, 2, 9, Optional.empty())) processor.process(ids, logits);
            var seen = window == 0 ? ids : Arrays.copyOfRange(ids, ids.length - window, ids.length);
            for (var id : Arrays.stream(seen).distinct().toArray()) expected[id] = id == 2 ? -16 : 4;
            assertArrayEquals(expected, logits, "window " + window);
        }
    }

    /** By its definition: sort by distance to the expected surprise, add probabilities until they reach the mass. */
    @Test
    void typicalKeepsWhatItsDefinitionKeeps() {
        var random = new SplittableRandom(3);
        for (int n = 0; n < 200; n++) {
            var logits = new float[50 + random.nextInt(3000)];
            for (int i = 0; i < logits.length; i++)
                logits[i] = random.nextInt(20) == 0 ? Float.NEGATIVE_INFINITY : (float) (random.nextGaussian() * 3);
            var p = Sampler.softmax(logits);
            var entropy = Arrays.stream(p).filter(x -> x > 0).map(x -> -x * Math.log(x)).sum();
            var order = java.util.stream.IntStream.range(0, p.length).boxed()
                    .sorted(java.util.Comparator.comparingDouble(i -> Math.abs(-Math.log(p[i]) - entropy))).toList();
            double mass = 0.05 + 0.9 * random.nextDouble(), sum = 0;
            var least = 1 + random.nextInt(3);
            var kept = new java.util.HashSet<Integer>();
            for (var i : order) {
                if (sum >= mass && kept.size() >= least) break;
                kept.add(i);
                sum += p[i];
            }
            EntropyProcessors.typical(mass, least).process(new int[0], logits);
            for (int i = 0; i < logits.length; i++) {
                if (p[i] > 0) assertEquals(kept.contains(i), logits[i] > Float.NEGATIVE_INFINITY, "token " + i);
            }
        }
    }

    /** transformers keeps as many as end tokens and one more, two at least, where there are beams. */
    @Test
    void withBeamsEachFilterLeavesATokenForEachThatEnds() {
        for (var ends : List.of(List.<Integer>of(), List.of(7), List.of(7, 8, 9))) {
            var expected = Math.max(2, 1 + ends.size());
            var one = GenerationConfig.builder().temperature(1).eosTokenIds(ends).numBeams(2);
            for (var c : List.of(one.topK(1).build(), one.topK(0).topP(0.01).build(), one.topP(1).minP(1).build(),
                    one.minP(0).typicalP(0.01).build(),
                    one.typicalP(1).epsilonCutoff(0.9).build(), one.epsilonCutoff(0).etaCutoff(0.9).build())) {
                var logits = new float[] {9, 8, 6, 3, -1, -6, -12, -20, -30, -40};
                for (var processor : LogitsProcessor.of(c, 1, 9, Optional.empty())) processor.process(new int[] {0}, logits);
                var left = 0;
                for (var logit : logits) left += logit > Float.NEGATIVE_INFINITY ? 1 : 0;
                assertEquals(expected, left);
            }
        }
    }

    private static Optional<LogitsProcessor> processor(JsonNode json) {
        return switch (json.path("type").asText(json.path("name").asText())) {
            case "temperature" -> Optional.of(LogitsProcessor.temperature(value(json)));
            case "top_k" -> Optional.of(LogitsProcessor.topK((int) value(json)));
            case "top_p" -> Optional.of(LogitsProcessor.topP(value(json)));
            case "min_p" -> Optional.of(LogitsProcessor.minP(value(json)));
            case "repetition_penalty" -> Optional.of(LogitsProcessor.repetitionPenalty(value(json)));
            case "typical_p" -> Optional.of(EntropyProcessors.typical(value(json), 1));
            case "epsilon_cutoff" -> Optional.of(EntropyProcessors.epsilonCutoff(value(json)));
            case "eta_cutoff" -> Optional.of(EntropyProcessors.etaCutoff(value(json)));
            case "presence_frequency" -> Optional.of(LogitsProcessor.presenceAndFrequency(json.path("value").path("presence").asDouble(),
                    json.path("value").path("frequency").asDouble()));
            case "no_repeat_ngram_size" -> Optional.of(BanProcessors.noRepeatNgram((int) value(json)));
            case "bad_words_ids" -> Optional.of(BanProcessors.badWords(sequences(json.path("value")), List.of()));
            case "suppress_tokens" -> Optional.of(BanProcessors.suppress(sequence(json.path("value"))));
            case "sequence_bias" -> Optional.of(BanProcessors.sequenceBias(biases(json.path("value"))));
            default -> Optional.empty();
        };
    }

    private static List<Integer> sequence(JsonNode json) {
        return Arrays.stream(Golden.ints(json)).boxed().toList();
    }

    private static List<List<Integer>> sequences(JsonNode json) {
        var all = new ArrayList<List<Integer>>();
        json.forEach(s -> all.add(sequence(s)));
        return all;
    }

    private static Map<List<Integer>, Double> biases(JsonNode json) {
        var biases = new HashMap<List<Integer>, Double>();
        json.forEach(pair -> biases.put(sequence(pair.get(0)), pair.get(1).asDouble()));
        return biases;
    }

    private static double value(JsonNode json) {
        for (var property : json.properties()) {
            if (property.getValue().isNumber()) return property.getValue().asDouble();
        }
        throw new AssertionError(json);
    }

    private static float[] floats(JsonNode node) {
        var values = new float[node.size()];
        for (int i = 0; i < values.length; i++) values[i] = node.get(i).isNull() ? Float.NEGATIVE_INFINITY : (float) node.get(i).asDouble();
        return values;
    }

    @Test
    void theFastSelectionsEqualSorting() {
        var random = new SplittableRandom(4);
        for (int n = 0; n < 300; n++) {
            var logits = new float[50 + random.nextInt(500)];
            for (int i = 0; i < logits.length; i++) logits[i] = (float) (random.nextGaussian() * (1 + n % 7));
            var sorted = logits.clone();
            Arrays.sort(sorted);
            var k = 1 + random.nextInt(logits.length);
            assertEquals(sorted[logits.length - k], TopK.score(logits, k));
            var mass = random.nextDouble();
            var p = Sampler.softmax(logits);
            var order = java.util.stream.IntStream.range(0, p.length).boxed().sorted((a, b) -> Double.compare(p[b], p[a])).mapToInt(i -> i)
                    .toArray();
            var count = 0;
            for (var sum = 0.0; sum < mass && count < order.length;) sum += p[order[count++]];
            assertArrayEquals(Arrays.copyOf(order, Math.max(1, count)), TopK.sorted(p, mass));
        }
    }
}
