package dev.parley.serve.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.serve.ServerSettings;
import dev.parley.serve.TestServer;
import dev.parley.serve.accounts.Users;
import dev.parley.serve.chat.history.Attachments;
import dev.parley.serve.chat.history.Conversations;
import dev.parley.serve.store.Database;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.font.PDType1Font;
import org.apache.pdfbox.pdmodel.font.Standard14Fonts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files that are attached to conversations of a real server. */
@Timeout(300)
class DocumentsTest {

    @TempDir
    Path data;

    private static String at(String conversation) {
        return "/api/conversations/" + conversation + "/attachments";
    }

    private static String named(String conversation, String name) {
        return at(conversation) + "?name=" + URLEncoder.encode(name, StandardCharsets.UTF_8);
    }

    private static String conversation(ChatClient client) {
        return client.ok("POST", "/api/conversations", "{}").path("id").asText();
    }

    /** What the files of a conversation have come to, once all are read. */
    private static JsonNode awaitRead(ChatClient client, String conversation) throws InterruptedException {
        while (true) {
            var list = client.ok("GET", at(conversation), "").path("attachments");
            if (list.valueStream().noneMatch(a -> a.path("state").asText().equals("reading"))) return list;
            Thread.sleep(50);
        }
    }

    private static byte[] pdf(String text) throws IOException {
        try (var document = new PDDocument(); var out = new ByteArrayOutputStream()) {
            var page = new PDPage();
            document.addPage(page);
            try (var content = new PDPageContentStream(document, page)) {
                content.beginText();
                content.setFont(new PDType1Font(Standard14Fonts.FontName.HELVETICA), 11);
                content.newLineAtOffset(50, 700);
                content.showText(text);
                content.endText();
            }
            document.save(out);
            return out.toByteArray();
        }
    }

    private static byte[] docx(String body) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(out)) {
            part(zip, "[Content_Types].xml", "<?xml version=\"1.0\"?><Types "
                    + "xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
                    + "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Override "
                    + "PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml."
                    + "document.main+xml\"/></Types>");
            part(zip, "_rels/.rels", "<?xml version=\"1.0\"?><Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/"
                    + "relationships\"><Relationship Id=\"r1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
                    + "officeDocument\" Target=\"word/document.xml\"/></Relationships>");
            part(zip, "word/document.xml", body);
        }
        return out.toByteArray();
    }

    private static void part(ZipOutputStream zip, String name, String text) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(text.getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
    }

    private static final String WORD = "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body><w:p>"
            + "<w:r><w:t>%s</w:t></w:r></w:p></w:body></w:document>";

    @Test
    void filesOfEachKindAreReadAndHostileOnesCostThemselvesAlone() throws Exception {
        try (var server = TestServer.start(ServerSettings.DEFAULT.withPort(0), data); var client = ChatClient.of(server.base())) {
            var id = conversation(client);
            client.upload(named(id, "notes.md"), "# Hire\n\nA boat may be kept for six hours.\n".getBytes(StandardCharsets.UTF_8));
            client.upload(named(id, "船.TXT"), "船可以租六个小时。".getBytes("GB18030"));
            client.upload(named(id, "page.html"), "<h1>Prices</h1><p>An hour costs 12 euros.</p>".getBytes(StandardCharsets.UTF_8));
            client.upload(named(id, "terms.pdf"), pdf("The deposit is 80 euros."));
            client.upload(named(id, "letter.docx"), docx(WORD.formatted("The harbour opens at nine.")));
            client.upload(named(id, "bomb.docx"), docx("<!DOCTYPE w [<!ENTITY a \"ha\"><!ENTITY b \"" + "&a;".repeat(1000)
                    + "\"><!ENTITY c \"" + "&b;".repeat(1000) + "\">]>" + WORD.formatted("&c;&c;&c;")));
            client.upload(named(id, "broken.pdf"), "%PDF-1.7 and then nothing".getBytes(StandardCharsets.UTF_8));
            client.upload(named(id, "secret.html"), ("<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><p>&e;</p><p>"
                    + "x</p>").getBytes(StandardCharsets.UTF_8));
            var all = awaitRead(client, id);
            assertEquals("notes.md ready,船.TXT ready,page.html ready,terms.pdf ready,letter.docx ready,bomb.docx failed,broken.pdf failed,"
                    + "secret.html ready",
                    String.join(",", all.valueStream().map(a -> a.path("name").asText() + " " + a.path("state").asText()).toList()));
            assertTrue(all.get(6).path("note").asText().startsWith("It is damaged"), all.toString());
            try (var files = Files.walk(data.resolve("attachments"))) {
                assertTrue(files.map(f -> f.getFileName().toString()).allMatch(n -> n.matches("[\\w.-]+")),
                        "no name of a stranger's is on the disk");
            }
            assertFalse(server.notes().stream().anyMatch(n -> n.contains("failed:")), server.notes().toString());
        }
    }

    @Test
    void filesSurviveARestartAndGoWithTheirConversation() throws Exception {
        String id;
        try (var server = TestServer.start(ServerSettings.DEFAULT.withPort(0), data); var client = ChatClient.of(server.base())) {
            id = conversation(client);
            for (var name : new String[] {"a.txt", "a.txt", "../../etc/pass\u202Ewd\u0000/A.TXT", "c.txt"})
                client.upload(named(id, name), "Some words.".getBytes(StandardCharsets.UTF_8));
            var all = awaitRead(client, id);
            assertEquals("a.txt,a (2).txt,A (3).TXT,c.txt", String.join(",", all.valueStream().map(a -> a.path("name").asText()).toList()));
            client.ok("DELETE", at(id) + "/" + all.get(3).path("id").asText(), "");
        }
        try (var server = TestServer.start(ServerSettings.DEFAULT.withPort(0), data); var client = ChatClient.of(server.base())) {
            assertEquals(3, awaitRead(client, id).size());
            assertTrue(spaceOf(server.database()) > 3 * 11);
            client.ok("DELETE", "/api/conversations/" + id, "");
            assertEquals(404, client.send("GET", at(id), "").statusCode());
            client.ok("POST", "/api/conversations/" + id + "/restore", "{}");
            assertEquals(3, awaitRead(client, id).size(), "what is taken back has its files");
            client.ok("DELETE", "/api/conversations/" + id, "");
            new Conversations(server.database()).purge(Long.MAX_VALUE);
            assertEquals(0, spaceOf(server.database()));
            assertEquals(0, server.database().<Integer>read(t -> t.list("select 1 from attachments", row -> 1).size()));
        }
        try (var server = TestServer.start(ServerSettings.DEFAULT.withPort(0), data)) {
            for (int i = 0; i < 100 && !filesOnDisk().isEmpty(); i++) Thread.sleep(50);
            assertEquals("", filesOnDisk());
            assertEquals("[]", server.notes().toString());
        }
    }

    private String filesOnDisk() throws IOException {
        try (var files = Files.walk(data.resolve("attachments"))) {
            return String.join(",", files.filter(Files::isRegularFile).map(Path::toString).toList());
        }
    }

    private static long spaceOf(Database database) {
        return database.read(t -> t.first("select characters from stored where owner = 'local'", row -> row.getLong(1)).orElse(0L));
    }

    @Test
    void whatOneHasAttachedNobodyElseSees() throws Exception {
        var settings = ServerSettings.DEFAULT.withPort(0).withAuth(true);
        try (var server = TestServer.start(settings, data)) {
            for (var name : new String[] {"ada", "bob"}) new Users(server.database()).add(name, "correct horse battery");
            try (var ada = ChatClient.of(server.base(), "ada", "correct horse battery");
                    var bob = ChatClient.of(server.base(), "bob", "correct horse battery")) {
                var id = conversation(ada);
                ada.upload(named(id, "diary.txt"), "Dear diary.".getBytes(StandardCharsets.UTF_8));
                var file = awaitRead(ada, id).get(0).path("id").asText();
                assertEquals(404, bob.send("GET", at(id), "").statusCode());
                assertEquals(404, bob.sendFile(named(id, "x.txt"), new byte[] {65}).statusCode());
                assertEquals(404, bob.send("DELETE", at(id) + "/" + file, "").statusCode());
                var own = conversation(bob);
                assertEquals(404, bob.send("DELETE", at(own) + "/" + file, "").statusCode());
                assertEquals(1, awaitRead(ada, id).size());
            }
        }
    }

    @Test
    void limitsAreToldInOneSentence() throws Exception {
        try (var server = TestServer.start(ServerSettings.DEFAULT.withPort(0), data); var client = ChatClient.of(server.base())) {
            var id = conversation(client);
            assertEquals(415, client.sendFile(named(id, "song.mp3"), new byte[] {1}).statusCode());
            assertEquals("The file is empty.",
                    ChatClient.json(client.sendFile(named(id, "a.txt"), new byte[0])).at("/error/message").asText());
            assertEquals(400, client.sendFile(at(id), new byte[] {1}).statusCode());
            assertEquals(413, client.sendFile(named(id, "big.txt"), new byte[17 << 20]).statusCode());
            for (int i = 0; i < Attachments.MOST; i++) client.upload(named(id, i + ".txt"), ("File " + i).getBytes(StandardCharsets.UTF_8));
            var refused = client.sendFile(named(id, "one more.txt"), new byte[] {65});
            assertEquals(413, refused.statusCode());
            assertEquals("A conversation has at most 20 files; remove one first.", ChatClient.json(refused).at("/error/message").asText());
            assertEquals(Attachments.MOST, awaitRead(client, id).size());
        }
    }

    /** Names and bodies of a random generator: each is taken or refused by a 4xx with a sentence, and the next is served. */
    @Test
    void whateverIsSentIsTakenOrRefused() throws Exception {
        var random = new Random(17);
        var endings = new String[] {".txt", ".md", ".pdf", ".docx", ".html", "", ".exe", ".", ".tx t", ".PDF\u0000", ".txt/..",
            "\u202Etxt.exe"};
        try (var server = TestServer.start(ServerSettings.DEFAULT.withPort(0), data); var client = ChatClient.of(server.base())) {
            var id = conversation(client);
            for (int i = 0; i < 400; i++) {
                var name = random.ints(random.nextInt(30), 0, 0x3000).filter(c -> !Character.isSurrogate((char) c))
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        + endings[random.nextInt(endings.length)];
                var body = new byte[random.nextInt(3) == 0 ? 0 : random.nextInt(300)];
                random.nextBytes(body);
                var answer = client.sendFile(random.nextInt(20) == 0 ? at(id) + "?name=%ff%00" + i : named(id, name), body);
                var status = answer.statusCode();
                assertTrue(status == 201 || status >= 400 && status < 500, status + " " + answer.body());
                if (status != 201) assertFalse(ChatClient.json(answer).at("/error/message").asText().isEmpty());
                else assertFalse(ChatClient.json(answer).path("name").asText().codePoints().anyMatch(c -> c < 32 || c == 0x202E),
                        answer.body());
                if (status == 201 && random.nextInt(2) == 0)
                    client.ok("DELETE", at(id) + "/" + ChatClient.json(answer).path("id").asText(), "");
                if (status == 413) { // full: begin anew
                    id = conversation(client);
                }
            }
            assertEquals(200, server.get("/health").statusCode());
            assertFalse(server.notes().stream().anyMatch(n -> n.contains("failed:")), server.notes().toString());
        }
    }
}
