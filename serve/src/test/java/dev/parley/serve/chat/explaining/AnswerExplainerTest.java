package dev.parley.serve.chat.explaining;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.explain.Analysis;
import dev.parley.generate.config.GenerationConfig;
import dev.parley.generate.engine.InferenceEngine.Limits;
import dev.parley.kernels.DType;
import dev.parley.model.Backend;
import dev.parley.model.CausalLM;
import dev.parley.model.ModelConfig;
import dev.parley.model.WeightType;
import dev.parley.serve.TestServer;
import dev.parley.serve.accounts.Caller;
import dev.parley.serve.accounts.Meter;
import dev.parley.serve.chat.running.AnsweredText;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.ClientGone;
import dev.parley.serve.models.AdapterShelf;
import dev.parley.serve.models.ModelPool;
import dev.parley.serve.models.ModelSource;
import dev.parley.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Explanations of a served model: what they cost, who may see what, and how they end. */
@Timeout(120)
class AnswerExplainerTest {

    private static final int[] PROMPT = {464, 3797, 3332, 319, 262};
    private static final int[] ANSWER = {2603, 290, 9552};

    @TempDir
    Path folder;

    private final AtomicLong paid = new AtomicLong();
    private final Caller ada = new Caller("ada", "Ada", new Meter() {
        @Override
        public long reserve(long prompt, long answers, boolean flexible) {
            return answers;
        }

        @Override
        public void settle(long reserved, long used) {
            paid.addAndGet(used);
        }
    });
    private Optional<ModelPool> pool = Optional.empty();

    @AfterEach
    void free() {
        pool.ifPresent(ModelPool::close);
    }

    /** A model whose folder may hold more than the model. */
    private AnswerExplainer explainer(boolean showsTraining) {
        var weights = TestServer.modelFolder("tiny", 7);
        var source = new ModelSource("tiny", List.of(), 10L << 20, TestServer.CONTEXT, List.of(), Optional.of(folder), AdapterShelf.EMPTY,
                () -> new ModelSource.Parts(CausalLM.fromPretrained(weights, WeightType.FLOAT32, DType.FLOAT32, Backend.JAVA),
                        Tokenizer.load(weights), GenerationConfig.builder().build()));
        pool = Optional.of(new ModelPool(List.of(source), 1L << 30, new Limits(4, 4, 64L << 20, 64), Duration.ofSeconds(60)));
        return new AnswerExplainer(pool.get(), showsTraining);
    }

    private static AnsweredText text(int[] prompt, int[] answer) {
        return new AnsweredText("tiny", false, model -> new AnsweredText.Tokens(prompt, answer));
    }

    private static ExplanationRequest request(OptionalInt token, Analysis... analyses) {
        return new ExplanationRequest(token, OptionalInt.empty(), EnumSet.copyOf(List.of(analyses)), false);
    }

    private ObjectNode explain(AnswerExplainer explainer, ExplanationRequest asked) {
        return explainer.explain(ada, text(PROMPT, ANSWER), asked, progress -> {});
    }

    @Test
    void occlusionIsWhatTheModelLosesByItsOwnScores() {
        var json = explain(explainer(false), request(OptionalInt.of(1), Analysis.OCCLUSION));
        var scores = json.path("attributions").path(0).path("scores").path(0);
        var baseline = json.path("baseline").path("id").asInt();
        var ids = IntStream.concat(IntStream.of(PROMPT), IntStream.of(ANSWER).limit(2)).toArray();
        try (var model = CausalLM.fromPretrained(TestServer.modelFolder("tiny", 7), WeightType.FLOAT32, DType.FLOAT32, Backend.JAVA)) {
            var whole = last(model.tokenLogprobs(new int[][] {ids})[0]);
            assertEquals(ids.length - 1, scores.size());
            for (int s = 0; s < scores.size(); s++) {
                var without = ids.clone();
                without[s] = baseline;
                assertEquals(whole - last(model.tokenLogprobs(new int[][] {without})[0]), scores.path(s).asDouble(), 1e-4);
            }
        }
    }

    private static double last(double[] values) {
        return values[values.length - 1];
    }

    @Test
    void theCallerPaysForWhatIsReadAndDearMethodsCostMore() {
        var explainer = explainer(false);
        explain(explainer, ExplanationRequest.FIRST);
        assertEquals(2L * (PROMPT.length + ANSWER.length), paid.get(), "the text twice: for the targets, and for what heads do");
        paid.set(0);
        explain(explainer, request(OptionalInt.of(0), Analysis.INTEGRATED_GRADIENTS));
        assertTrue(paid.get() >= 128L * PROMPT.length, () -> paid + " tokens");
    }

    @Test
    void aLimitThatIsReachedRefusesBeforeAnythingIsRead() {
        var bob = new Caller("bob", "Bob", new Meter() {
            @Override
            public long reserve(long prompt, long answers, boolean flexible) {
                throw ApiError.of(429, "rate_limit_exceeded", "Wait a minute.");
            }

            @Override
            public void settle(long reserved, long used) {}
        });
        var explainer = explainer(false);
        var refused = assertThrows(ApiError.class,
                () -> explainer.explain(bob, text(PROMPT, ANSWER), ExplanationRequest.FIRST, progress -> {}));
        assertEquals(429, refused.status());
    }

    @Test
    void whoLeavesEndsItAndTheModelCanBeFreed() throws InterruptedException {
        var explainer = explainer(false);
        var ids = new Random(1).ints(400, 0, 50_000).toArray();
        var looks = new AtomicInteger();
        assertThrows(ClientGone.class, () -> explainer.explain(ada, text(ids, new Random(2).ints(200, 0, 50_000).toArray()),
                request(OptionalInt.empty(), Analysis.INTEGRATED_GRADIENTS), progress -> {
                    if (progress.isPresent() && looks.incrementAndGet() > 1) throw new ClientGone();
                }));
        explainer.finish(); // returns once nothing reads the weights any more
        assertTrue(looks.get() > 1, "it was told how far it was");
        assertThrows(ApiError.class, () -> explain(explainer, ExplanationRequest.FIRST), "the server stops");
    }

    private static ExplanationRequest fitted(ExplanationRequest asked, int length, int explained) {
        return new ExplanationCost(ModelConfig.gpt2(50_257, 16_384, 1024, 28, 16), asked, length, explained).fitted();
    }

    private static String refused(ExplanationRequest asked, int length, int explained) {
        return assertThrows(ApiError.class, () -> fitted(asked, length, explained)).code();
    }

    @Test
    void whatIsTooLongAsAWholeIsExplainedTokenByToken() {
        assertEquals(ExplanationRequest.FIRST, fitted(ExplanationRequest.FIRST, 600, 50));
        assertEquals("answer_too_long", refused(ExplanationRequest.FIRST, 1_000, 100));
        assertEquals(ExplanationRequest.FIRST, fitted(ExplanationRequest.FIRST, 1_000, 1));
        var some = fitted(ExplanationRequest.FIRST, 4_000, 1).analyses();
        assertEquals(EnumSet.of(Analysis.ATTENTION, Analysis.LOGIT_LENS, Analysis.LOGIT_ATTRIBUTION), some, "rollout needs all heads");
        assertEquals("text_too_long", refused(request(OptionalInt.of(0), Analysis.ROLLOUT), 4_000, 1));
        assertEquals("text_too_long", refused(ExplanationRequest.FIRST, 10_000, 1));
    }

    @Test
    void instructionsOfAssistantsAreShownOnlyWhereUsersMayReadThem() {
        var turn = new AnsweredText("tiny", true, model -> new AnsweredText.Tokens(PROMPT, ANSWER));
        var refused = assertThrows(ApiError.class, () -> explainer(false).explain(ada, turn, ExplanationRequest.FIRST, progress -> {}));
        assertEquals(403, refused.status());
        free();
        assertEquals(3, explainer(true).explain(ada, turn, ExplanationRequest.FIRST, progress -> {}).path("explained").size());
    }

    @Test
    void passagesOfTheTrainingDataAreFoundWhereTheFolderNamesThemAndUsersMayReadThem() throws IOException {
        Files.writeString(folder.resolve("text.txt"), "The cat sat on the mat and slept.");
        Files.writeString(folder.resolve("training_data.json"), "{\"kind\":\"texts\",\"files\":[\"text.txt\"]}");
        var asked = request(OptionalInt.empty(), Analysis.TRAINING_PASSAGES);
        var open = explainer(true);
        var found = explain(open, asked).path("training_passages").path("found");
        assertEquals("The cat sat on the mat and slept.", found.path(0).path("text").asText());
        assertEquals("text.txt", found.path(0).path("source").asText(), "the name alone");
        assertEquals(found, explain(open, asked).path("training_passages").path("found"), "the second time from memory");
        free();
        var closed = explainer(false);
        assertEquals("training_private", explain(closed, ExplanationRequest.FIRST).path("impossible").path("training_passages").asText());
        assertEquals(400, assertThrows(ApiError.class, () -> explain(closed, asked)).status());
    }
}
