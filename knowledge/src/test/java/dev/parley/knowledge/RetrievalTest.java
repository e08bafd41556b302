package dev.parley.knowledge;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.knowledge.Embedder.Purpose;
import dev.parley.knowledge.embedders.OnnxEmbedder;
import dev.parley.knowledge.index.HybridSearch;
import dev.parley.knowledge.index.HybridSearch.Ranking;
import dev.parley.knowledge.index.IndexFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How well passages are found: 39 passages in each language, about a library and bicycle hire. Usual questions name what they are
 * about, terse ones share next to no word with their passage and often do not say what they are about. None was used to fit anything
 * but the two constants of relevance. The figures are printed, and in docs/knowledge.md.
 */
class RetrievalTest {

    @TempDir
    static Path folder;

    private static OnnxEmbedder embedder;
    private static KnowledgeBase hybrid;
    private static KnowledgeBase fused;
    private static KnowledgeBase words;

    private record Question(String text, String title) {}

    @BeforeAll
    static void index() throws Exception {
        embedder = OnnxEmbedder.open();
        hybrid = KnowledgeBase.open(folder.resolve("vectors"), embedder);
        hybrid.refresh(List.of(manual("en"), manual("zh")), IndexProgress.NONE);
        fused = KnowledgeBase.open(folder.resolve("vectors"), embedder, Reranker.NONE);
        words = KnowledgeBase.open(folder.resolve("vectors"), Embedder.NONE);
    }

    @AfterAll
    static void close() {
        words.close();
        fused.close();
        hybrid.close();
    }

    private static Path manual(String name) throws URISyntaxException {
        return Path.of(RetrievalTest.class.getResource("/manual/" + name).toURI());
    }

    private static List<String> lines(String name) {
        try {
            return Files.readAllLines(manual(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<Question> questions(String name) {
        return lines(name).stream().map(line -> line.split("\t")).map(parts -> new Question(parts[0], parts[1])).toList();
    }

    /** Which part of the questions finds its passage among the first three. */
    private static double hits(String name, Function<String, List<String>> search) {
        var questions = questions(name);
        var hits = questions.stream().filter(q -> search.apply(q.text).stream().limit(3).anyMatch(title -> title.endsWith(q.title)))
                .count();
        return (double) hits / questions.size();
    }

    private static List<String> titles(KnowledgeBase knowledge, String question) {
        return knowledge.search(question, 3).stream().map(Passage::title).toList();
    }

    private static List<String> ranked(IndexFolder index, Set<Ranking> rankings, String question) {
        var vector = embedder.embed(List.of(question), Purpose.QUERY)[0];
        return new HybridSearch(index, rankings).search(question, Optional.of(vector), 3).stream().map(hit -> hit.passage().title())
                .toList();
    }

    private static double relevant(KnowledgeBase knowledge, List<String> questions) {
        var relevant = questions.stream().filter(q -> knowledge.search(q, 1).stream().anyMatch(Passage::isRelevant)).count();
        return (double) relevant / questions.size();
    }

    @Test
    void usualAndTerseQuestionsFindTheirPassages() {
        try (var index = new IndexFolder(folder.resolve("vectors"))) {
            System.out.println("hit@3         words  vectors  fused  by relevance");
            for (var language : List.of("en", "zh")) {
                for (var kind : List.of("usual", "terse")) {
                    var name = kind + "-" + language + ".tsv";
                    var found = new double[] {hits(name, q -> titles(words, q)),
                        hits(name, q -> ranked(index, EnumSet.of(Ranking.VECTORS), q)),
                        hits(name, q -> titles(fused, q)), hits(name, q -> titles(hybrid, q))};
                    System.out.printf("%s %s   %7.1f  %7.1f %6.1f %7.1f%n", kind, language, 100 * found[0], 100 * found[1], 100 * found[2],
                            100 * found[3]);
                    assertTrue(found[3] >= (kind.equals("usual") ? 0.95 : 0.85), name + " " + found[3]);
                }
            }
        }
    }

    @Test
    void questionsAboutSomethingElseAreDeclined() {
        System.out.println("declined      usual  terse  off topic  near topic   (words alone: usual, off topic)");
        for (var language : List.of("en", "zh")) {
            var usual = questions("usual-" + language + ".tsv").stream().map(Question::text).toList();
            var terse = questions("terse-" + language + ".tsv").stream().map(Question::text).toList();
            var off = lines("offtopic-" + language + ".txt");
            var declined = new double[] {1 - relevant(hybrid, usual), 1 - relevant(hybrid, terse), 1 - relevant(hybrid, off),
                1 - relevant(hybrid, lines("near-" + language + ".txt")), 1 - relevant(words, usual), 1 - relevant(words, off)};
            System.out.printf("%s         %8.1f %6.1f %9.1f %9.1f   %8.1f %8.1f%n", language, 100 * declined[0], 100 * declined[1],
                    100 * declined[2], 100 * declined[3], 100 * declined[4], 100 * declined[5]);
            assertTrue(declined[0] <= 0.05, "usual questions declined: " + declined[0]);
            assertTrue(declined[2] >= 0.95, "questions off the topic declined: " + declined[2]);
        }
    }
}
