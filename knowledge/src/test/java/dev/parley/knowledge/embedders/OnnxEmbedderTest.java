package dev.parley.knowledge.embedders;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.model.embedding.onnx.allminilml6v2q.AllMiniLmL6V2QuantizedEmbeddingModel;
import dev.langchain4j.model.embedding.onnx.bgesmallzhv15q.BgeSmallZhV15QuantizedEmbeddingModel;
import dev.parley.knowledge.Embedder.Purpose;
import dev.parley.knowledge.KnowledgeException;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class OnnxEmbedderTest {

    private static double cosine(float[] a, float[] b) {
        var sum = 0.0;
        for (int i = 0; i < a.length; i++) sum += (double) a[i] * b[i];
        return sum;
    }

    @Test
    void vectorsAreOfLengthOneAndThoseOfTwoLanguagesAtRightAngles() {
        try (var embedder = OnnxEmbedder.open()) {
            var vectors = embedder.embed(List.of("You may return goods for thirty days.", "Goods can be sent back within a month.",
                    "The sky is full of stars.", "三十天内可以退货。", ""), Purpose.PASSAGE);
            for (var vector : vectors) {
                assertEquals(embedder.dimensions(), vector.length);
                assertEquals(1, cosine(vector, vector), 1e-4); // floats of an 8-bit model
            }
            assertTrue(cosine(vectors[0], vectors[1]) > cosine(vectors[0], vectors[2]) + 0.3);
            assertEquals(0, cosine(vectors[0], vectors[3]));
        }
    }

    /** LangChain4j, which brings the models, runs them in its own way. */
    @Test
    void vectorsAreThoseOfLangChain4j() {
        var english = new AllMiniLmL6V2QuantizedEmbeddingModel();
        var chinese = new BgeSmallZhV15QuantizedEmbeddingModel();
        var latin = List.of("You may return goods for thirty days.", "Café, 12,345 naïve items: can't!", "a");
        var han = List.of("三十天内可以退货。", "退货期限: 30 天, 押金为200元。", "日本語のテキストです。");
        try (var embedder = OnnxEmbedder.open()) {
            for (var text : latin) assertSame(english.embed(text).content().vector(), embedder, 0, text);
            for (var text : han) assertSame(chinese.embed(text).content().vector(), embedder, 384, text);
        }
    }

    private static void assertSame(float[] expected, OnnxEmbedder embedder, int at, String text) {
        var vector = embedder.embed(List.of(text), Purpose.PASSAGE)[0];
        assertEquals(1, cosine(expected, Arrays.copyOfRange(vector, at, at + expected.length)), 1e-5, text);
    }

    @Test
    void aLongTextIsReadToItsEndAndTheSameInAnyCompany() {
        var start = "The library lends books and films. ".repeat(100);
        try (var embedder = OnnxEmbedder.open()) {
            var together = embedder.embed(List.of(start, start + "Penguins dive for fish in cold seas. ".repeat(100), "x"),
                    Purpose.PASSAGE);
            var penguins = embedder.embed(List.of("Penguins dive for fish in cold seas."), Purpose.QUERY)[0];
            assertTrue(cosine(together[1], penguins) > cosine(together[0], penguins) + 0.2);
            assertArrayEquals(together[0], embedder.embed(List.of(start), Purpose.PASSAGE)[0]);
        }
    }

    /** Opens the embedder and says what comes of it. */
    static final class Opening {

        private Opening() {}

        public static void main(String... arguments) {
            try (var embedder = OnnxEmbedder.open()) {
                System.out.println("opened " + embedder.id());
            } catch (KnowledgeException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    @Test
    void withoutTheJarsASentenceSaysHowToGetThem() throws Exception {
        var classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        var without = Arrays.stream(classPath.split(File.pathSeparator)).filter(entry -> !entry.contains("langchain4j"))
                .collect(Collectors.joining(File.pathSeparator));
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var opening = new ProcessBuilder(java, "-cp", without, Opening.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        var said = new String(opening.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, opening.waitFor());
        assertTrue(said.contains("not on the class path") && said.contains("PARLEY_EMBEDDERS=onnx"), said);
    }
}
