package dev.parley.knowledge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.parley.knowledge.documents.SampleFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KnowledgeBaseTest {

    @TempDir
    Path temporary;

    private Path folder;
    private Path index;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createDirectory(temporary.resolve("faq"));
        index = temporary.resolve("index");
        Files.writeString(folder.resolve("returns.md"),
                "# Returns\n\nGoods may be returned within thirty days.\n\n## Sofas\n\nA sofa costs forty euros.");
        Files.writeString(folder.resolve("zh.md"), "# 退货\n\n商品签收后七天内可以无理由退货。");
    }

    private IndexReport refresh(KnowledgeBase knowledge) {
        return knowledge.refresh(List.of(folder), IndexProgress.NONE);
    }

    private static List<String> found(KnowledgeBase knowledge, String question) {
        return knowledge.search(question, 5).stream().map(Passage::text).toList();
    }

    @Test
    void aQuestionFindsThePassageInItsLanguageAndSaysWhereItStands() {
        try (var knowledge = KnowledgeBase.open(index, Embedder.NONE)) {
            refresh(knowledge);
            var sofa = knowledge.search("What does it cost to give back sofas?", 1).getFirst();
            assertEquals("faq/returns.md", sofa.source());
            assertEquals("Returns › Sofas", sofa.title());
            assertEquals("A sofa costs forty euros.", sofa.text());
            assertEquals("en", sofa.language());
            assertEquals(sofa.text(), knowledge.document(sofa.source()).orElseThrow().substring(sofa.start(), sofa.end()));
            assertEquals(sofa.text(), knowledge.passage(sofa.id()).orElseThrow().text());
            var chinese = knowledge.search("商品可以退货吗?", 1).getFirst();
            assertEquals("退货", chinese.title());
            assertEquals("zh", chinese.language());
            assertTrue(chinese.isRelevant());
            assertEquals(List.of(), knowledge.search("quantum chromodynamics", 5));
        }
    }

    @Test
    void onlyWhatHasChangedIsReadAndWhatIsGoneIsForgotten() throws IOException {
        try (var knowledge = KnowledgeBase.open(index, Embedder.NONE)) {
            assertEquals(List.of("faq/returns.md", "faq/zh.md"), refresh(knowledge).added());
            var kept = knowledge.search("退货", 1).getFirst();
            var again = refresh(knowledge);
            assertEquals(2, again.unchanged());
            assertEquals(List.of(), again.added());

            Files.writeString(folder.resolve("returns.md"), "Lamps are returned free of charge.");
            Files.writeString(folder.resolve("new.md"), "Carpets are new.");
            Files.setLastModifiedTime(folder.resolve("zh.md"), FileTime.fromMillis(1)); // touched, with the same bytes
            var third = refresh(knowledge);
            assertEquals(List.of("faq/new.md"), third.added());
            assertEquals(List.of("faq/returns.md"), third.changed());
            assertEquals(1, third.unchanged());
            assertEquals(List.of(), found(knowledge, "sofa"));
            assertEquals(List.of("Lamps are returned free of charge."), found(knowledge, "lamp"));
            assertEquals(kept.id(), knowledge.search("退货", 1).getFirst().id());

            Files.delete(folder.resolve("returns.md"));
            assertEquals(List.of("faq/returns.md"), refresh(knowledge).removed());
            assertEquals(List.of(), found(knowledge, "lamp"));
            assertEquals(2, knowledge.files().size());
        }
    }

    @Test
    void anIncrementalIndexFindsWhatANewOneFinds() throws IOException {
        var questions = List.of("returned", "sofa cost", "退货", "carpets");
        try (var knowledge = KnowledgeBase.open(index, Embedder.NONE);
                var fresh = KnowledgeBase.open(temporary.resolve("fresh"), Embedder.NONE)) {
            refresh(knowledge);
            Files.writeString(folder.resolve("carpets.md"), "Carpets may be returned within ten days.");
            refresh(knowledge);
            refresh(fresh);
            for (var question : questions) {
                assertEquals(fresh.search(question, 5).stream().map(Passage::id).toList(),
                        knowledge.search(question, 5).stream().map(Passage::id).toList(), question);
            }
        }
    }

    @Test
    void aFaultyFileIsNamedOnceReadAndTheOthersAreIndexed() throws IOException {
        Files.writeString(folder.resolve("broken.pdf"), "no PDF at all");
        Files.writeString(folder.resolve("empty.md"), "\n");
        try (var knowledge = KnowledgeBase.open(index, Embedder.NONE)) {
            var faults = refresh(knowledge).faults().stream().map(IndexReport.Fault::sentence).toList();
            assertEquals(2, faults.size(), faults::toString);
            assertTrue(faults.getFirst().startsWith("faq/broken.pdf: it is damaged, or no PDF file"), faults::toString);
            assertEquals("faq/empty.md: it holds no text.", faults.getLast());
            assertEquals(4, knowledge.files().size());
            var again = refresh(knowledge);
            assertEquals(4, again.unchanged());
            assertEquals(faults, again.faults().stream().map(IndexReport.Fault::sentence).toList());
            assertFalse(found(knowledge, "sofa").isEmpty());
        }
    }

    @Test
    void aFolderThatCannotBeLookedAtIsNamedAndWhatIsKnownOfItStays() throws IOException {
        var locked = Files.createDirectory(folder.resolve("locked"));
        Files.writeString(locked.resolve("lamps.md"), "Lamps are returned free of charge.");
        try (var knowledge = KnowledgeBase.open(index, Embedder.NONE)) {
            refresh(knowledge);
            var permissions = Files.getPosixFilePermissions(locked);
            Files.setPosixFilePermissions(locked, Set.of());
            try {
                assumeFalse(Files.isReadable(locked), "root reads everything");
                var report = refresh(knowledge);
                assertEquals(List.of("faq/locked: it cannot be read: access is denied."),
                        report.faults().stream().map(IndexReport.Fault::sentence).toList());
                assertEquals(List.of(), report.removed());
                assertFalse(found(knowledge, "lamps").isEmpty());
            } finally {
                Files.setPosixFilePermissions(locked, permissions);
            }
        }
    }

    @Test
    void pagesOfAPdfAreCited() throws IOException {
        SampleFiles.pdf(folder.resolve("book.pdf"),
                List.of(List.of("The first page is about nothing much."), List.of("Here giraffes are explained.")));
        try (var knowledge = KnowledgeBase.open(index, Embedder.NONE)) {
            refresh(knowledge);
            assertEquals(2, knowledge.search("giraffe", 1).getFirst().page());
        }
    }

    @Test
    void twoFoldersOfOneNameAreToldApart() throws IOException {
        var other = Files.createDirectories(temporary.resolve("other/faq"));
        Files.writeString(other.resolve("returns.md"), "Bicycles cannot be returned.");
        try (var knowledge = KnowledgeBase.open(index, Embedder.NONE)) {
            knowledge.refresh(List.of(folder, other), IndexProgress.NONE);
            assertEquals("faq (2)/returns.md", knowledge.search("bicycle", 1).getFirst().source());
            assertEquals(3, knowledge.files().size());
        }
    }

    @Test
    void aMissingFolderChangesNothing() {
        try (var knowledge = KnowledgeBase.open(index, Embedder.NONE)) {
            refresh(knowledge);
            var fault = assertThrows(KnowledgeException.class,
                    () -> knowledge.refresh(List.of(temporary.resolve("absent")), IndexProgress.NONE));
            assertTrue(fault.getMessage().contains("absent"), fault.getMessage());
            assertEquals(2, knowledge.files().size());
        }
    }

    @Test
    void hostileTextsAndQuestionsTakeNeitherLongNorMuchMemory() throws IOException {
        var random = new Random(5);
        Files.writeString(folder.resolve("line.md"),
                "# " + "#".repeat(2_000_000) + "x\n|" + "-|".repeat(1_000_000) + "\n" + " ".repeat(1_000_000) + "|");
        Files.writeString(folder.resolve("headings.md"), "# a\n\nb\n\n".repeat(100_000));
        Files.writeString(folder.resolve("title.md"), "# " + "title ".repeat(300) + "\n\n" + "A sentence. ".repeat(20_000));
        Files.writeString(folder.resolve("word.txt"), "x".repeat(5_000_000));
        try (var knowledge = KnowledgeBase.open(index, Embedder.NONE)) {
            var faults = refresh(knowledge).faults();
            assertEquals(List.of("faq/headings.md"), faults.stream().map(IndexReport.Fault::source).toList(), faults::toString);
            assertTrue(faults.getFirst().sentence().contains("20000"), faults::toString);
            for (var passage : knowledge.search("sentence title", 5)) assertTrue(passage.title().length() <= 200);
            var question = new StringBuilder("sofa ");
            while (question.length() < 1_000_000) question.append(Long.toString(random.nextLong(), 36)).append(' ');
            assertEquals("A sofa costs forty euros.", knowledge.search(question.toString(), 1).getFirst().text());
        }
    }

    // ---- many programs, and killed ones ----

    @Test
    void readersSeeTheLastCommitWhileOneWritesAndASecondWriterIsRefused() {
        try (var reader = KnowledgeBase.open(index, Embedder.NONE); var writer = KnowledgeBase.open(index, Embedder.NONE)) {
            refresh(writer);
            assertFalse(found(reader, "sofa").isEmpty());
            Files.writeString(folder.resolve("returns.md"), "Lamps are returned free of charge.");
            writer.refresh(List.of(folder), (done, total, source) -> {
                assertFalse(found(reader, "sofa").isEmpty(), "what is not committed is not seen");
                var refused = assertThrows(KnowledgeException.class, () -> refresh(reader));
                assertTrue(refused.getMessage().contains("being changed by another"), refused.getMessage());
            });
            assertTrue(found(reader, "sofa").isEmpty());
            assertFalse(found(reader, "lamps").isEmpty());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Refreshes, says so when it has begun to write, and never ends. */
    static final class Endless {

        private Endless() {}

        public static void main(String... arguments) {
            try (var knowledge = KnowledgeBase.open(Path.of(arguments[0]), Embedder.NONE)) {
                knowledge.refresh(List.of(Path.of(arguments[1])), (done, total, source) -> {
                    if (done < 2) return;
                    System.out.println("writing");
                    try {
                        Thread.sleep(600_000);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
            }
        }
    }

    @Test
    void aKilledRefreshLeavesTheLastWholeStateAndTheNextOneGoesOn() throws Exception {
        try (var knowledge = KnowledgeBase.open(index, Embedder.NONE)) {
            refresh(knowledge);
            Files.writeString(folder.resolve("returns.md"), "Lamps are returned free of charge.");
            Files.writeString(folder.resolve("another.md"), "Carpets are not returned.");
            var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
            var killed = new ProcessBuilder(java, "-cp", System.getProperty("java.class.path"), Endless.class.getName(), index.toString(),
                    folder.toString()).redirectError(ProcessBuilder.Redirect.DISCARD).start();
            try {
                assertEquals("writing", killed.inputReader().readLine());
            } finally {
                killed.destroyForcibly();
                assertTrue(killed.waitFor(30, TimeUnit.SECONDS));
            }
            assertFalse(found(knowledge, "sofa").isEmpty());
            assertTrue(found(knowledge, "carpets").isEmpty());
            var report = refresh(knowledge);
            assertEquals(List.of("faq/another.md"), report.added());
            assertEquals(List.of("faq/returns.md"), report.changed());
            assertFalse(found(knowledge, "carpets").isEmpty());
        }
    }

    @Test
    void whatIsNoIndexOrOneOfAnotherFormatIsSaidSo() throws IOException {
        Files.createDirectories(index);
        Files.writeString(index.resolve("segments_1"), "this is no index");
        var fault = assertThrows(KnowledgeException.class, () -> KnowledgeBase.open(index, Embedder.NONE));
        assertTrue(fault.getMessage().contains("remove"), fault.getMessage());
        assertTrue(KnowledgeBase.embedderOf(temporary.resolve("nowhere")).isEmpty());
        assertFalse(Files.exists(temporary.resolve("nowhere")));
    }

    // ---- vectors ----

    /** Vectors that a test can foresee: how often each of some letters is in a text. */
    private record LetterCounts(String id) implements Embedder {

        private static final String LETTERS = "aeioustrnl退货天";

        @Override
        public int dimensions() {
            return LETTERS.length();
        }

        @Override
        public float[][] embed(List<String> texts, Purpose purpose) {
            var vectors = new ArrayList<float[]>();
            for (var text : texts) {
                var vector = new float[LETTERS.length()];
                for (int i = 0; i < vector.length; i++) {
                    var letter = LETTERS.charAt(i);
                    vector[i] = text.chars().filter(c -> c == letter).count();
                }
                var square = 0.0;
                for (var x : vector) square += x * x;
                for (int i = 0; i < vector.length && square > 0; i++) vector[i] /= (float) Math.sqrt(square);
                vectors.add(vector);
            }
            return vectors.toArray(float[][]::new);
        }
    }

    @Test
    void vectorsFindWhatSharesNoWord() {
        try (var knowledge = KnowledgeBase.open(index, new LetterCounts("one"))) {
            refresh(knowledge);
            assertEquals("A sofa costs forty euros.", knowledge.search("Returns Sofas a sofacosts fortyeuros", 1).getFirst().text());
        }
    }

    @Test
    void anotherEmbedderCannotSearchAndReadsEverythingAnew() {
        try (var one = KnowledgeBase.open(index, new LetterCounts("one")); var two = KnowledgeBase.open(index, new LetterCounts("two"))) {
            refresh(one);
            var fault = assertThrows(KnowledgeException.class, () -> two.search("sofa", 1));
            assertTrue(fault.getMessage().contains("one") && fault.getMessage().contains("two"), fault.getMessage());
            assertEquals(2, refresh(two).added().size());
            assertEquals(1, two.search("sofa", 1).size());
            assertEquals("two", KnowledgeBase.embedderOf(index).orElseThrow());
        }
    }

    @Test
    void wordsAloneSearchAnIndexWithVectors() {
        try (var one = KnowledgeBase.open(index, new LetterCounts("one")); var words = KnowledgeBase.open(index, Embedder.NONE)) {
            refresh(one);
            assertEquals(1, words.search("sofa", 5).size());
        }
    }
}
