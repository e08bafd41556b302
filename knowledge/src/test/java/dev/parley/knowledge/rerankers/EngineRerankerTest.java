package dev.parley.knowledge.rerankers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.generate.embedding.TinyQwen3;
import dev.parley.knowledge.Embedder;
import dev.parley.knowledge.IndexProgress;
import dev.parley.knowledge.KnowledgeBase;
import dev.parley.knowledge.KnowledgeException;
import dev.parley.knowledge.Passage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a small model of random weights whose scores transformers has computed in float64. */
class EngineRerankerTest {

    @TempDir
    Path folder;

    private static Passage passage(String text, double relevance) {
        return new Passage(text, "a.md", "", 0, 0, 1, text, "en", 0, relevance);
    }

    @Test
    void aPassagesRelevanceIsWhatTheModelSaysOfIt() throws IOException {
        var model = TinyQwen3.copy("qwen3-reranker", folder);
        var pairs = new ObjectMapper().readTree(model.resolve("expected.json").toFile()).path("pairs");
        try (var reranker = EngineReranker.open(model)) {
            for (var pair : pairs) {
                if (!pair.path("instruction").asText().isEmpty()) continue;
                var judged = reranker.rerank(pair.path("query").asText(), List.of(passage(pair.path("document").asText(), 0.9))).getFirst();
                // 1 %: weights may be in bfloat16 as the file has them, and states are then rounded by some kernels
                assertEquals(pair.path("score").doubleValue(), judged.relevance(), 0.02 * pair.path("score").doubleValue());
            }
        }
    }

    @Test
    void onlyTheBestAreReadAndTheOthersFollowThem() throws IOException {
        var passages = new ArrayList<>(IntStream.range(0, 6).mapToObj(i -> passage("passage " + i, i / 10.0)).toList());
        try (var reranker = EngineReranker.open(TinyQwen3.copy("qwen3-head", folder), 3)) {
            var ordered = reranker.rerank("what is blue?", passages);
            assertEquals(List.of("passage 2", "passage 1", "passage 0"), ordered.stream().skip(3).map(Passage::text).toList());
            assertTrue(IntStream.range(1, 6).allMatch(i -> ordered.get(i).relevance() <= ordered.get(i - 1).relevance()),
                    ordered.toString());
            assertEquals(passages.size(), ordered.stream().map(Passage::text).distinct().count());
        }
    }

    @Test
    void anIndexIsSearchedWithIt() throws IOException {
        Files.writeString(Files.createDirectory(folder.resolve("faq")).resolve("a.md"),
                "# Sea\n\nThe sea is blue.\n\n# Hill\n\nThe hill is green, not blue.");
        try (var reranker = EngineReranker.open(TinyQwen3.copy("qwen3-head", folder));
                var knowledge = KnowledgeBase.open(folder.resolve("index"), Embedder.NONE, reranker)) {
            knowledge.refresh(List.of(folder.resolve("faq")), IndexProgress.NONE);
            var found = knowledge.search("blue", 5);
            assertEquals(2, found.size());
            assertTrue(found.getFirst().relevance() >= found.getLast().relevance());
        }
    }

    @Test
    void aModelThatIsNoRerankerIsRefused() throws IOException {
        var model = TinyQwen3.copy("qwen3-embedding", folder);
        assertTrue(assertThrows(KnowledgeException.class, () -> EngineReranker.open(model)).getMessage().contains("no reranker"));
    }
}
