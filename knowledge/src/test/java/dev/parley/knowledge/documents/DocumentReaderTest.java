package dev.parley.knowledge.documents;

import static dev.parley.knowledge.documents.SampleFiles.paragraph;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parley.knowledge.documents.Block.Kind;
import dev.parley.knowledge.documents.DocumentReader.Limits;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocumentReaderTest {

    private static final Limits LIMITS = new Limits(50_000_000, 200_000, 128, Duration.ofSeconds(60));

    @TempDir
    Path folder;

    private Document read(String name) throws Exception {
        try (var reader = new DocumentReader(LIMITS)) {
            return reader.read(folder.resolve(name));
        }
    }

    private String fault(String name) {
        return assertThrows(DocumentException.class, () -> read(name)).getMessage();
    }

    private static List<String> told(Document document) {
        return document.blocks().stream()
                .map(b -> b.kind() + (b.level() > 0 ? "" + b.level() : "") + (b.page() > 0 ? " p" + b.page() : "") + " "
                        + document.text().substring(b.start(), b.end()))
                .toList();
    }

    @Test
    void markdownKeepsItsTextAndGivesItsStructure() throws Exception {
        var text = """
                ---
                title: "A house"
                ---
                Rooms
                =====
                One paragraph
                in two lines.

                ## The *kitchen* ##
                - a stove
                  with gas
                - a sink
                1. first

                | thing | price |
                |---|:-:|
                | pan | 5 |
                ```
                # no heading
                ```
                """;
        Files.writeString(folder.resolve("a.md"), text.replace("\n", "\r\n"));
        var document = read("a.md");
        assertEquals("A house", document.title());
        assertEquals(text, document.text());
        assertEquals(
                List.of("HEADING1 Rooms", "PARAGRAPH One paragraph\nin two lines.", "HEADING2 The *kitchen*", "ITEM - a stove\n  with gas",
                        "ITEM - a sink", "ITEM 1. first", "ROW | thing | price |", "ROW | pan | 5 |", "CODE ```\n# no heading\n```"),
                told(document));
    }

    @Test
    void textIsReadInTheEncodingThatItIsIn() throws Exception {
        Files.write(folder.resolve("gb.txt"), "商品可以退货。".getBytes(Charset.forName("GB18030")));
        Files.write(folder.resolve("latin.txt"), "Größe: groß".getBytes(Charset.forName("windows-1252")));
        Files.write(folder.resolve("wide.txt"), "\uFEFFvoilà".getBytes(Charset.forName("UTF-16LE")));
        assertEquals("商品可以退货。", read("gb.txt").text());
        assertEquals("Größe: groß", read("latin.txt").text());
        assertEquals("voilà", read("wide.txt").text());
        Files.write(folder.resolve("picture.txt"), new byte[] {(byte) 0x89, 'P', 'N', 'G', 0, 1});
        assertTrue(fault("picture.txt").contains("binary"), fault("picture.txt"));
    }

    @Test
    void htmlGivesHeadingsItemsAndRowsAndNoScript() throws Exception {
        Files.writeString(folder.resolve("a.html"), """
                <title>Shop</title><script>alert(1)</script><h1>Ship<b>ping</b></h1><p>To
                the EU.<ul><li>one<ul><li>two</ul></ul><table><tr><th>To<th>Fee<tr><td>Spain<td><p>5</table>""");
        var document = read("a.html");
        assertEquals("Shop", document.title());
        assertEquals(List.of("HEADING1 Shipping", "PARAGRAPH To the EU.", "ITEM one", "ITEM two", "ROW To | Fee", "ROW Spain | 5"),
                told(document));
    }

    @Test
    void pdfGivesPagesParagraphsAndWhatLooksLikeAHeading() throws Exception {
        var line = "This line is long enough to be a part of an ordinary paragraph of a page,";
        SampleFiles.pdf(folder.resolve("a.pdf"), List.of(List.of("1.2 Returns", "", line, "and it ends here."), List.of(line, "the end.")));
        assertEquals(
                List.of("HEADING2 p1 1.2 Returns", "PARAGRAPH p1 " + line + " and it ends here.", "PARAGRAPH p2 " + line + " the end."),
                told(read("a.pdf")));
    }

    @Test
    void docxGivesHeadingsAndRows() throws Exception {
        SampleFiles.docx(folder.resolve("a.docx"), "", "<w:p><w:pPr><w:pStyle w:val=\"Heading1\"/></w:pPr><w:r><w:t>Leave</w:t></w:r></w:p>"
                + paragraph("You have 30 days.") + "<w:tbl><w:tr><w:tc>" + paragraph("Year") + "</w:tc><w:tc>" + paragraph("Days")
                + "</w:tc></w:tr></w:tbl>");
        assertEquals(List.of("HEADING1 Leave", "PARAGRAPH You have 30 days.", "ROW Year | Days"), told(read("a.docx")));
    }

    // ---- hostile files ----

    @Test
    void anExternalEntityIsNotRead() throws Exception {
        Files.writeString(folder.resolve("secret.txt"), "the secret");
        SampleFiles.docx(folder.resolve("a.docx"), "<!DOCTYPE a [<!ENTITY x SYSTEM \"" + folder.resolve("secret.txt").toUri() + "\">]>",
                paragraph("&x;"));
        try {
            assertFalse(read("a.docx").text().contains("the secret"));
        } catch (DocumentException e) {
            assertFalse(e.getMessage().contains("the secret"), e.getMessage()); // refusing the file will do as well
        }
    }

    @Test
    void entitiesThatUnfoldWithoutEndCostOneFile() throws Exception {
        var entities = new StringBuilder("<!DOCTYPE a [<!ENTITY a0 \"ten letter\">");
        for (int i = 1; i < 12; i++) entities.append("<!ENTITY a" + i + " \"" + ("&a" + (i - 1) + ";").repeat(10) + "\">");
        SampleFiles.docx(folder.resolve("a.docx"), entities + "]>", paragraph("&a11;"));
        try {
            assertTrue(read("a.docx").text().length() <= LIMITS.characters());
        } catch (DocumentException e) {
            assertTrue(e.getMessage().startsWith("it is damaged") || e.getMessage().contains("far more"), e.getMessage());
        }
    }

    @Test
    void aZipThatUnfoldsToGigabytesIsNamedAsSuchAndTheNextFileIsRead() throws Exception {
        try (var zip = new ZipOutputStream(Files.newOutputStream(folder.resolve("bomb.docx")))) {
            zip.putNextEntry(new ZipEntry("[Content_Types].xml"));
            zip.write(("<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Override "
                    + "PartName=\"/word/document.xml\" ").getBytes(StandardCharsets.UTF_8));
            var spaces = new byte[1 << 20];
            Arrays.fill(spaces, (byte) ' ');
            for (int i = 0; i < 300; i++) zip.write(spaces);
            zip.closeEntry();
        }
        Files.writeString(folder.resolve("good.html"), "<p>fine");
        try (var reader = new DocumentReader(LIMITS)) {
            var fault = assertThrows(DocumentException.class, () -> reader.read(folder.resolve("bomb.docx"))).getMessage();
            assertTrue(fault.contains("ZIP bomb") || fault.contains("memory"), fault);
            assertEquals("fine", reader.read(folder.resolve("good.html")).text());
        }
    }

    @Test
    void endlessNestingCostsOneFile() throws Exception {
        Files.writeString(folder.resolve("deep.html"), "<div>".repeat(200_000) + "text");
        Files.writeString(folder.resolve("good.html"), "<p>fine");
        try (var reader = new DocumentReader(LIMITS)) {
            try {
                assertEquals("text", reader.read(folder.resolve("deep.html")).text());
            } catch (DocumentException e) {
                assertFalse(e.getMessage().isBlank());
            }
            assertEquals("fine", reader.read(folder.resolve("good.html")).text());
        }
    }

    @Test
    void ofAHugeTextTheBeginningIsKept() throws Exception {
        Files.writeString(folder.resolve("huge.txt"), "word ".repeat(100_000));
        Files.writeString(folder.resolve("huge.html"), "<p>" + "word ".repeat(100_000));
        assertTrue(read("huge.txt").cut());
        assertEquals(200_000, read("huge.txt").text().length());
        var html = read("huge.html");
        assertTrue(html.cut());
        assertTrue(html.text().length() <= 200_000 && html.text().length() > 190_000, "" + html.text().length());
    }

    @Test
    void aFileThatTakesTooLongIsGivenUpAndTheNextOneIsRead() throws Exception {
        SampleFiles.pdf(folder.resolve("a.pdf"), Collections.nCopies(50, List.of("a page")));
        try (var impatient = new DocumentReader(new Limits(50_000_000, 200_000, 128, Duration.ofMillis(1)))) {
            var fault = assertThrows(DocumentException.class, () -> impatient.read(folder.resolve("a.pdf"))).getMessage();
            assertTrue(fault.contains("longer than"), fault);
        }
        assertEquals(50, read("a.pdf").blocks().getLast().page());
    }

    @Test
    void aFileThatNeedsTooMuchMemoryEndsItsParserAndNoMore() throws Exception {
        SampleFiles.docx(folder.resolve("big.docx"), "", paragraph("some words").repeat(400_000));
        Files.writeString(folder.resolve("good.html"), "<p>fine");
        try (var small = new DocumentReader(new Limits(50_000_000, 200_000, 40, Duration.ofSeconds(100)))) {
            var fault = assertThrows(DocumentException.class, () -> small.read(folder.resolve("big.docx"))).getMessage();
            assertTrue(fault.contains("40 MB of memory"), fault);
            assertEquals("fine", small.read(folder.resolve("good.html")).text());
        }
    }

    @Test
    void whatIsDamagedEncryptedOrSomethingElseIsSaidSo() throws Exception {
        SampleFiles.encryptedPdf(folder.resolve("locked.pdf"));
        assertEquals("it is encrypted; save it without a password", fault("locked.pdf"));
        Files.writeString(folder.resolve("no.pdf"), "this is no PDF");
        assertTrue(fault("no.pdf").startsWith("it is damaged, or no PDF file"), fault("no.pdf"));
        Files.writeString(folder.resolve("no.docx"), "this is no DOCX");
        assertTrue(fault("no.docx").startsWith("it is damaged, or no DOCX file"), fault("no.docx"));
        SampleFiles.pdf(folder.resolve("half.pdf"), List.of(List.of("a page")));
        var bytes = Files.readAllBytes(folder.resolve("half.pdf"));
        Files.write(folder.resolve("half.pdf"), Arrays.copyOf(bytes, bytes.length / 3));
        assertFalse(fault("half.pdf").isBlank());
        assertThrows(IOException.class, () -> read("absent.md"));
    }

    @Test
    void aFileBeyondTheLimitIsNotOpened() throws Exception {
        Files.write(folder.resolve("a.pdf"), new byte[200]);
        try (var reader = new DocumentReader(new Limits(100, 100, 64, Duration.ofSeconds(1)))) {
            assertTrue(assertThrows(DocumentException.class, () -> reader.read(folder.resolve("a.pdf"))).getMessage().contains("larger"));
        }
    }

    @Test
    void blocksOfEveryKindAreWithinTheText() throws Exception {
        Files.writeString(folder.resolve("a.html"), "<h2>x</h2><pre>a\n b</pre><p>\uD83D\uDE00 end");
        var document = read("a.html");
        assertEquals(List.of(Kind.HEADING, Kind.CODE, Kind.PARAGRAPH), document.blocks().stream().map(Block::kind).toList());
    }
}
