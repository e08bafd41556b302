package dev.parley.knowledge.embedders;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.knowledge.Embedder;
import dev.parley.knowledge.Embedder.Purpose;
import dev.parley.knowledge.IndexProgress;
import dev.parley.knowledge.KnowledgeBase;
import dev.parley.model.CausalLM;
import dev.parley.model.InferenceSession.Feed;
import dev.parley.model.InferenceSession.Scored;
import dev.parley.model.ModelConfig;
import dev.parley.tokenizer.BpeTrainer;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.torch.TrainableLM;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against the states of a tiny model of random weights, read without the engine. */
class EngineEmbedderTest {

    @TempDir
    Path folder;

    private Path model;

    @BeforeEach
    void makeModel() throws IOException {
        model = folder.resolve("tiny-embedding");
        try (var random = TrainableLM.create(ModelConfig.gpt2(290, 64, 32, 2, 2), 7)) {
            random.savePretrained(model);
        }
        BpeTrainer.of(290).withSpecialTokens("<|endoftext|>").train(List.of("the sea is blue and the hill is green").iterator())
                .save(model);
    }

    /** As the folder of Qwen3-Embedding has it. */
    private void sayLastToken() throws IOException {
        Files.createDirectories(model.resolve("1_Pooling"));
        Files.writeString(model.resolve("1_Pooling/config.json"),
                "{\"pooling_mode_mean_tokens\": false, \"pooling_mode_lasttoken\": true}");
        Files.writeString(model.resolve("config_sentence_transformers.json"),
                "{\"prompts\": {\"query\": \"Find the answer\\nQuery:\", \"document\": \"\"}}");
    }

    private float[][] states(String text) {
        try (var lm = CausalLM.fromPretrained(model); var session = lm.openSession(0); var sequence = session.open()) {
            var ids = Tokenizer.load(model).encodeForModel(text);
            return session.feed(List.of(new Feed(sequence, ids, Scored.NONE, true))).getFirst().states();
        }
    }

    private static float[] unit(float[] vector) {
        var square = 0.0;
        for (var x : vector) square += (double) x * x;
        var unit = new float[vector.length];
        for (int i = 0; i < unit.length; i++) unit[i] = (float) (vector[i] / Math.sqrt(square));
        return unit;
    }

    @Test
    void lastTokenAndPromptAreUsedWhereTheModelsFilesSaySo() throws IOException {
        sayLastToken();
        try (var embedder = EngineEmbedder.open(model)) {
            var read = states("the sea");
            // a vector of length one in floats: 1e-5 is some roundings
            assertArrayEquals(unit(read[read.length - 1]), embedder.embed(List.of("the sea"), Purpose.PASSAGE)[0],
                    1e-5f);
            var asked = states("Find the answer\nQuery:the sea");
            assertArrayEquals(unit(asked[asked.length - 1]), embedder.embed(List.of("the sea"), Purpose.QUERY)[0], 1e-5f);
        }
    }

    @Test
    void withoutSuchFilesItIsTheMean() {
        var states = states("the sea");
        var sum = new float[states[0].length];
        for (var state : states) for (int i = 0; i < sum.length; i++) sum[i] += state[i];
        try (var embedder = EngineEmbedder.open(model)) {
            assertArrayEquals(unit(sum), embedder.embed(List.of("the sea"), Purpose.QUERY)[0], 1e-5f);
            assertEquals(sum.length, embedder.dimensions());
        }
    }

    @Test
    void anUnknownPoolingIsRefusedWithTheFilesName() throws IOException {
        Files.createDirectories(model.resolve("1_Pooling"));
        Files.writeString(model.resolve("1_Pooling/config.json"), "{\"pooling_mode\": \"median\"}");
        var fault = assertThrows(IllegalArgumentException.class, () -> EngineEmbedder.open(model));
        assertTrue(fault.getMessage().contains("1_Pooling"), fault.getMessage());
    }

    @Test
    void aTextBeyondTheContextIsReadFromItsBeginning() {
        try (var embedder = EngineEmbedder.open(model)) {
            assertEquals(embedder.dimensions(), embedder.embed(List.of("far too long ".repeat(5_000)), Purpose.PASSAGE)[0].length);
        }
    }

    @Test
    void anIndexIsMadeAndSearchedWithIt() throws IOException {
        sayLastToken();
        Files.writeString(Files.createDirectory(folder.resolve("faq")).resolve("a.md"),
                "# Sea\n\nThe sea is blue.\n\n# Hill\n\nThe hill is green.");
        try (Embedder embedder = EngineEmbedder.open(model); var knowledge = KnowledgeBase.open(folder.resolve("index"), embedder)) {
            assertEquals(2, knowledge.refresh(List.of(folder.resolve("faq")), IndexProgress.NONE).passages());
            assertEquals(2, knowledge.search("blue sea", 5).size());
            assertEquals("engine:" + model, embedder.id());
        }
    }
}
