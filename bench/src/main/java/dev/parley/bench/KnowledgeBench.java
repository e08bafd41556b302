package dev.parley.bench;

import dev.parley.bench.BenchRow.Named;
import dev.parley.files.FolderTree;
import dev.parley.knowledge.Embedder;
import dev.parley.knowledge.IndexProgress;
import dev.parley.knowledge.KnowledgeBase;
import dev.parley.knowledge.KnowledgeException;
import dev.parley.knowledge.embedders.OnnxEmbedder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.apache.pdfbox.pdmodel.font.PDType1Font;
import org.apache.pdfbox.pdmodel.font.Standard14Fonts;

/** How long it takes to index a thousand pages of PDF, by words and with vectors, and then to find the passages for a question. */
final class KnowledgeBench {

    private static final int FILES = 10;
    private static final int PAGES = 100;
    private static final int LINES = 45;
    private static final int QUESTIONS = 40;
    private static final double GOAL_SECONDS = 60;
    private static final double GOAL_MILLIS = 150;

    private static final String[] WORDS = """
            account address agreement amount answer apply arrive battery before between bicycle billing book branch building cancel card
            change charge city claim close contract copy cover customer damage date deliver deposit desk device discount document door
            emergency employee engine exchange expire family fee file floor free garden goods group guarantee handle health house however
            identity include inside insurance invoice journey key kitchen language late letter library limit machine maintenance manager
            market member message month morning notice number offer office open order package paper parcel pay person phone policy price
            printer problem product public purchase quality question reason receipt refund register repair replace report request return
            river road room safety school service ship shop sign small station storage street student summer support system table telephone
            ticket town train travel until update visit warranty water website week window winter without work write year
            and the of to in for with on by from is was are be at it that this must may can not if when which""".strip().split("\\s+");

    private KnowledgeBench() {}

    static List<BenchRow> rows(Consumer<String> note) throws IOException {
        var folder = Files.createTempDirectory("parley-bench");
        try {
            var documents = Files.createDirectory(folder.resolve("documents"));
            for (int i = 0; i < FILES; i++) write(documents.resolve("book-" + i + ".pdf"), new Random(i));
            var rows = new ArrayList<>(rows("by words", documents, folder.resolve("words"), Embedder.NONE, note));
            try (var embedder = OnnxEmbedder.open()) {
                rows.addAll(rows("by words and vectors", documents, folder.resolve("vectors"), embedder, note));
            } catch (KnowledgeException e) {
                note.accept(e.getMessage());
            }
            return rows;
        } finally {
            FolderTree.delete(folder);
        }
    }

    private static List<BenchRow> rows(String how, Path documents, Path index, Embedder embedder, Consumer<String> note) {
        try (var knowledge = KnowledgeBase.open(index, embedder)) {
            var start = System.nanoTime();
            var report = knowledge.refresh(List.of(documents), IndexProgress.NONE);
            var seconds = BenchRow.seconds(start);
            note.accept(
                    String.format(Locale.ROOT, "1,000 pages of PDF %s: %d passages in %.1f s, faults: %s", how, report.passages(), seconds,
                            report.faults()));
            var random = new Random(99);
            var millis = new double[QUESTIONS];
            for (int i = -QUESTIONS; i < QUESTIONS; i++) { // the first round warms up
                var question = line(random, 9);
                var asked = System.nanoTime();
                knowledge.search(question, 5);
                if (i >= 0) millis[i] = 1000 * BenchRow.seconds(asked);
            }
            return List.of(
                    new BenchRow("1,000 pages of PDF indexed " + how, seconds, "s", Optional.empty(),
                            Optional.of(new Named("the goal", GOAL_SECONDS))),
                    new BenchRow("5 passages found " + how, BenchRow.median(millis), "ms", Optional.empty(),
                            Optional.of(new Named("the goal", GOAL_MILLIS))));
        }
    }

    private static void write(Path file, Random random) throws IOException {
        try (var document = new PDDocument()) {
            var font = new PDType1Font(Standard14Fonts.FontName.HELVETICA);
            for (int page = 0; page < PAGES; page++) {
                var sheet = new PDPage(PDRectangle.A4);
                document.addPage(sheet);
                try (var content = new PDPageContentStream(document, sheet)) {
                    content.beginText();
                    content.setFont(font, 10);
                    content.setLeading(14);
                    content.newLineAtOffset(50, 790);
                    for (int line = 0; line < LINES; line++) {
                        content.showText(line % 9 == 8 ? "" : line(random, 13) + (line % 9 == 7 ? "." : ""));
                        content.newLine();
                    }
                    content.endText();
                }
            }
            document.save(file.toFile());
        }
    }

    private static String line(Random random, int words) {
        var line = new StringBuilder();
        for (int i = 0; i < words; i++) line.append(i == 0 ? "" : " ").append(WORDS[random.nextInt(WORDS.length)]);
        return line.toString();
    }
}
