package dev.parley.generate.strategy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.files.Golden;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.config.GenerationConfig.EarlyStopping;
import dev.parley.kernels.DType;
import dev.parley.model.Backend;
import dev.parley.model.CausalLM;
import dev.parley.model.InferenceSession;
import dev.parley.model.InferenceSession.Feed;
import dev.parley.model.WeightType;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Beams of each family on each engine, against an independent PyTorch implementation. */
public class BeamSearchTest {

    static Stream<Arguments> foldersAndEngines() {
        return Stream
                .of("gpt2-tiny", "llama-tiny", "llama-bias-tiny", "llama-linear-tiny", "llama-yarn-tiny", "llama3-tiny",
                        "llama-v5-config-tiny",
                        "mistral-tiny", "qwen2-tiny", "qwen3-tiny")
                .flatMap(f -> Stream.of(Backend.JAVA, Backend.TORCH).map(e -> Arguments.of(f, e)));
    }

    /** The settings of golden beams. */
    public static GenerationConfig config(JsonNode beam) {
        return GenerationConfig.builder().numBeams(beam.path("num_beams").asInt()).numReturnSequences(beam.path("sequences").size())
                .maxNewTokens(beam.path("max_new_tokens").asInt()).lengthPenalty(beam.path("length_penalty").asDouble())
                .earlyStopping(beam.path("early_stopping").asBoolean() ? EarlyStopping.TRUE : EarlyStopping.FALSE)
                .eosTokenIds(beam.path("eos_token_id").isNull() ? List.of() : List.of(beam.path("eos_token_id").asInt())).build();
    }

    @ParameterizedTest
    @MethodSource("foldersAndEngines")
    void beamsAndTheirScoresAgree(String folder, Backend engine) throws IOException {
        try (var model = CausalLM.fromPretrained(Golden.folder(folder), WeightType.FLOAT32, DType.FLOAT32, engine);
                var session = model.openSession(1L << 22)) {
            for (var beam : Golden.expected(Golden.folder(folder)).path("beam")) {
                var config = config(beam);
                var task = new Generation(Golden.ints(beam.path("prompt_ids")), 0, config.maxNewTokens(), config, Optional.empty(),
                        Optional.empty());
                var search = new BeamSearch(task);
                run(search, session);
                var found = search.best();
                assertEquals(beam.path("sequences").size(), found.size());
                for (int i = 0; i < found.size(); i++) {
                    var expected = Golden.ints(beam.path("sequences").get(i));
                    assertArrayEquals(expected, search.texts().get(i).completion().ids());
                    assertEquals(beam.path("scores").get(i).asDouble(), found.get(i).score(), 5e-5); // float32 of the reference: 3.8e-6
                }
            }
        }
    }

    /** As an engine runs a strategy that is alone. */
    private static void run(Strategy strategy, InferenceSession session) {
        while (strategy.running()) {
            strategy.prepare(0);
            for (var branch : strategy.branches()) {
                if (!branch.isOpen()) branch.open(session.open());
            }
            strategy.choose(session.feed(strategy.branches().stream().map(b -> Feed.of(b.cache(), b.next(b.pending()))).toList()));
        }
        strategy.release();
    }
}
