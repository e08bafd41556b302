package dev.parley.generate.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.files.Golden;
import dev.parley.generate.Generator;
import dev.parley.generate.NaiveDecoder;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.generate.strategy.BeamSearchTest;
import dev.parley.generate.strategy.FinishReason;
import dev.parley.kernels.DType;
import dev.parley.model.Backend;
import dev.parley.model.CausalLM;
import dev.parley.model.WeightType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests of different strategies in one engine, against each alone. */
class StrategiesTogetherTest extends EngineTest {

    private static final GenerationConfig BEAMS = GREEDY.toBuilder().numBeams(4).numReturnSequences(3).build();
    private static final GenerationConfig CONTRASTIVE = GREEDY.toBuilder().penaltyAlpha(0.6).topK(4).build();
    private static final GenerationConfig LOOKUP = GREEDY.toBuilder().promptLookupNumTokens(4).build();
    private static final GenerationConfig DRAWN = GREEDY.toBuilder().temperature(0.9).topP(0.95).seed(3).build();

    @ParameterizedTest
    @ValueSource(strings = {"gpt2-tiny", "llama-tiny", "qwen3-tiny"})
    void beamsBesideDrawnTextsAreTheGoldenBeams(String name) throws IOException {
        var golden = Golden.folder(name);
        try (var tiny = CausalLM.fromPretrained(golden, WeightType.FLOAT32, DType.FLOAT32, Backend.JAVA);
                var engine = InferenceEngine.onThisThread(tiny, Optional.empty(), Optional.empty(), Optional.empty(), () -> false)) {
            var beams = Golden.expected(golden).path("beam");
            var kept = new ArrayList<Kept>();
            for (var beam : beams) {
                engine.submit(TextRequest.of(new int[] {1, 2, 3}, DRAWN.withMaxNewTokens(30)), new Kept());
                kept.add(new Kept());
                engine.submit(TextRequest.of(Golden.ints(beam.path("prompt_ids")), BeamSearchTest.config(beam)), kept.getLast());
            }
            engine.finish();
            for (int b = 0; b < kept.size(); b++) {
                var found = kept.get(b).await().completions();
                assertEquals(beams.get(b).path("sequences").size(), found.size());
                for (int i = 0; i < found.size(); i++)
                    assertArrayEquals(Golden.ints(beams.get(b).path("sequences").get(i)), found.get(i).ids());
            }
        }
    }

    /** Of 20 tokens at most, so that drafts are accepted now and then. */
    private static int[] prompt(int seed, int length) {
        return new Random(seed).ints(length, 0, 20).toArray();
    }

    private static void assertAsAlone(InferenceEngine engine) {
        var configs = List.of(BEAMS, CONTRASTIVE, LOOKUP, DRAWN, GREEDY);
        var kept = new ArrayList<Kept>();
        for (int i = 0; i < 2 * configs.size(); i++) {
            kept.add(new Kept());
            engine.submit(TextRequest.of(prompt(i, 70 + 9 * i), configs.get(i % configs.size())), kept.getLast());
        }
        kept.forEach(Kept::await); // the model is the engine's until then
        for (int i = 0; i < kept.size(); i++) {
            var config = configs.get(i % configs.size());
            var found = kept.get(i).await().completions();
            if (config == BEAMS || config == CONTRASTIVE) {
                var alone = new Generator(model, TOKENIZER).generate(List.of(prompt(i, 70 + 9 * i)), config);
                assertEquals(config.numReturnSequences(), found.size());
                for (int row = 0; row < found.size(); row++) {
                    assertArrayEquals(alone.get(row).ids(), found.get(row).ids(), "request " + i);
                    assertEquals(alone.get(row).text(), found.get(row).text());
                }
            } else {
                assertArrayEquals(NaiveDecoder.decode(model, prompt(i, 70 + 9 * i), config, 0), found.getFirst().ids(), "request " + i);
            }
        }
    }

    @Test
    void eachIsTheSameAmongTheOthers() {
        try (var engine = engine(Limits.DEFAULT)) {
            assertAsAlone(engine);
        }
    }

    @Test
    void eachIsTheSameWhereMemoryIsShort() {
        // of one context and a block: about two of these texts
        try (var engine = engine(new Limits(20, 100, 1, 64))) {
            assertAsAlone(engine);
            assertTrue(engine.stats().preempted() > 0, "no text had to wait for memory");
            awaitIdle(engine);
            assertEquals(engine.stats().knownBlocks(), engine.stats().usedBlocks(), "blocks that nobody holds were not given back");
        }
    }

    @Test
    void aDraftModelChangesNoTextOfMany() throws IOException {
        try (var rough = CausalLM.fromPretrained(folder, WeightType.INT4, DType.FLOAT32, Backend.JAVA);
                var engine = new InferenceEngine(model, TOKENIZER, Optional.of(rough), Limits.DEFAULT)) {
            var config = GREEDY.toBuilder().numAssistantTokens(3).build();
            var kept = IntStream.range(0, 3).mapToObj(i -> new Kept()).toList();
            for (int i = 0; i < kept.size(); i++)
                engine.submit(TextRequest.of(prompt(i, 30), config.withMaxNewTokens(20 + 20 * i)), kept.get(i));
            for (int i = 0; i < kept.size(); i++) {
                assertArrayEquals(NaiveDecoder.decode(model, prompt(i, 30), config.withMaxNewTokens(20 + 20 * i), 0),
                        kept.get(i).await().completions().getFirst().ids());
            }
        }
    }

    @Test
    void moreBeamsThanThereIsMemoryForAreRefusedAndTheEngineGoesOn() throws Exception {
        try (var engine = engine(new Limits(20, 100, 1, 64))) {
            var many = new Kept();
            engine.submit(TextRequest.of(prompt(1, 100), GREEDY.toBuilder().numBeams(20).maxNewTokens(400).build()), many);
            var beside = new Kept();
            engine.submit(TextRequest.of(prompt(2, 10), GREEDY), beside);
            var refused = assertThrowsFailure(many);
            assertTrue(refused.getMessage().contains("fewer beams"), refused.getMessage());
            assertEquals(40, beside.await().completions().getFirst().ids().length);
        }
    }

    /**
     * Two texts grow by a block each while the branches are in the middle of one: it is too much for the memory of 9 blocks, and the
     * branches have to read again what each has for itself. By a model of whose tokens each tells, and for several prompts: a wrong token
     * among what is read again does not change every text.
     */
    @Test
    void branchesThatHadToGiveTheirMemoryBackGoOnAsTheyWere(@TempDir Path other) throws IOException {
        var beams = GREEDY.toBuilder().numBeams(4).numReturnSequences(4).temperature(2).seed(1).build(); // drawn ones differ by more tokens
        var contrastive = GREEDY.toBuilder().penaltyAlpha(0.6).topK(4).build();
        try (var attentive = TinyModels.attentive(other, 512)) {
            for (int p = 0; p < 6; p++) {
                assertPreemptedAsAlone(attentive, beams, prompt(10 + p, 130));
                assertPreemptedAsAlone(attentive, contrastive, prompt(10 + p, 130));
            }
        }
    }

    private static void assertPreemptedAsAlone(CausalLM model, GenerationConfig config, int[] prompt) {
        var alone = new Generator(model).generate(List.of(prompt), config);
        try (var engine = new InferenceEngine(model, TOKENIZER, new Limits(20, 100, 1, 64))) {
            // The engine stops at this one's token until all are there, and then gives them their places in one turn.
            CompletableFuture<Void> stopped = new CompletableFuture<>(), submitted = new CompletableFuture<>();
            engine.submit(TextRequest.of(new int[] {1}, GREEDY.withMaxNewTokens(1)), (row, ids, logprobs, text) -> {
                stopped.complete(null);
                submitted.join();
            });
            stopped.join();
            Kept one = new Kept(), two = new Kept(), branching = new Kept();
            engine.submit(TextRequest.of(prompt(1, 40), GREEDY.withMaxNewTokens(60)), one);
            engine.submit(TextRequest.of(prompt(2, 50), GREEDY.withMaxNewTokens(60)), two);
            engine.submit(TextRequest.of(prompt, config), branching);
            submitted.complete(null);
            var found = branching.await().completions();
            one.await();
            two.await(); // the model is the engine's until then
            for (int row = 0; row < alone.size(); row++) assertArrayEquals(alone.get(row).ids(), found.get(row).ids(), "row " + row);
            assertTrue(engine.stats().preempted() > 0, "no text had to wait for memory");
        }
    }

    private static Throwable assertThrowsFailure(Kept kept) throws Exception {
        return kept.answer.handle((answer, failure) -> failure).get(60, TimeUnit.SECONDS);
    }

    @Test
    void cancelledBeamsTellTheBestSoFar() throws Exception {
        try (var engine = engine(Limits.DEFAULT)) {
            var kept = new Kept();
            var ticket = engine.submit(TextRequest.of(prompt(1, 100), BEAMS.withMaxNewTokens(400)), kept);
            while (engine.stats().completionTokens() < 5) Thread.sleep(1);
            ticket.cancel();
            var found = kept.await().completions();
            assertEquals(3, found.size());
            for (var text : found) {
                assertEquals(FinishReason.CANCELLED, text.finishReason());
                assertTrue(text.ids().length >= 5);
            }
        }
    }
}
