package dev.parley.serve.page;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.javalin.Javalin;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PageRoutesTest {

    private static final Path WEB = Path.of("src/main/resources/web");
    private static final int LARGEST_FIRST_LOAD = 300_000;

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static Javalin server;

    @BeforeAll
    static void start() {
        server = Javalin.create(config -> new PageRoutes().addTo(config.routes)).start("127.0.0.1", 0);
    }

    @AfterAll
    static void stop() {
        server.stop();
        CLIENT.close();
    }

    private static HttpResponse<byte[]> get(String path, String... headers) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
        if (headers.length > 0) request.headers(headers);
        return CLIENT.send(request.build(), BodyHandlers.ofByteArray());
    }

    private static String index() throws IOException, InterruptedException {
        return new String(get("/").body(), StandardCharsets.UTF_8);
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    @Test
    void everyFileOfTheFolderIsServedAndNoOther() throws IOException {
        try (var found = Files.walk(WEB)) {
            var onDisk = found.filter(Files::isRegularFile).map(f -> WEB.relativize(f).toString().replace('\\', '/'))
                    .filter(f -> !f.equals("index.html")).collect(Collectors.toCollection(TreeSet::new));
            var listed = Stream.concat(PageContents.MODULES.stream(), PageContents.OTHERS.stream())
                    .collect(Collectors.toCollection(TreeSet::new));
            assertEquals(onDisk, listed);
        }
    }

    @Test
    void whatHasAVersionInItsAddressIsKeptForGoodAndThePageIsAskedForAgain() throws IOException, InterruptedException {
        var page = get("/");
        assertEquals("text/html;charset=utf-8", header(page, "Content-Type").replace(" ", "").toLowerCase(Locale.ROOT));
        assertEquals("no-cache", header(page, "Cache-Control"));
        assertEquals(304, get("/", "If-None-Match", header(page, "ETag")).statusCode());

        var script = get(firstMatch("src=\"(/assets/[^\"]+/js/app.js)\""));
        assertEquals("text/javascript;charset=utf-8", header(script, "Content-Type").replace(" ", "").toLowerCase(Locale.ROOT));
        assertTrue(header(script, "Cache-Control").contains("immutable"));
        var ofAnotherVersion = get("/assets/0123456789abcdef/js/app.js");
        assertEquals("no-cache", header(ofAnotherVersion, "Cache-Control"));
        assertArrayEquals(script.body(), ofAnotherVersion.body());
    }

    private static String firstMatch(String pattern) throws IOException, InterruptedException {
        var matcher = Pattern.compile(pattern).matcher(index());
        assertTrue(matcher.find(), pattern);
        return matcher.group(1);
    }

    @Test
    void compressedIsTheSameAsPlain() throws IOException, InterruptedException {
        for (var path : new String[] {"/", "/assets/x/css/base.css", "/assets/x/lib/katex.js"}) {
            var plain = get(path);
            var compressed = get(path, "Accept-Encoding", "br, gzip;q=0.8");
            assertEquals("", header(plain, "Content-Encoding"), path);
            assertEquals("gzip", header(compressed, "Content-Encoding"), path);
            assertEquals("Accept-Encoding", header(compressed, "Vary"), path);
            assertTrue(compressed.body().length < plain.body().length / 2, path);
            try (var in = new GZIPInputStream(new ByteArrayInputStream(compressed.body()))) {
                assertArrayEquals(plain.body(), in.readAllBytes(), path);
            }
            assertEquals("", header(get(path, "Accept-Encoding", "gzip;q=0"), "Content-Encoding"), path);
        }
    }

    @Test
    void everyLibraryOfTheWebJarsIsThere() throws IOException, InterruptedException {
        for (var library : Stream.concat(PageContents.FIRST_LIBRARIES.stream(), PageContents.LATER_LIBRARIES.stream()).toList()) {
            assertEquals(200, get("/assets/x/" + library.name()).statusCode(), library.name());
        }
        var css = new String(get("/assets/x/lib/katex.css").body(), StandardCharsets.UTF_8);
        var fonts = Pattern.compile("url\\((fonts/[^)]+\\.woff2)\\)").matcher(css).results().map(m -> m.group(1)).toList();
        assertFalse(fonts.isEmpty());
        for (var font : fonts) assertEquals("font/woff2", header(get("/assets/x/lib/" + font), "Content-Type"), font);
    }

    @Test
    void nothingElseOfTheClassPathIsServed() throws IOException, InterruptedException {
        for (var path : new String[] {"index.html", "../index.html", "..%2findex.html", "js/none.js", "lib/highlight.min.js",
            "%2e%2e/%2e%2e/META-INF/MANIFEST.MF", "js/", ""}) {
            var status = get("/assets/x/" + path).statusCode();
            assertTrue(status == 404 || status == 400, path + " gave " + status);
        }
    }

    @Test
    void firstLoadIsAtMost300kB() throws IOException, InterruptedException {
        var index = get("/", "Accept-Encoding", "gzip").body().length;
        var files = Pattern.compile("(?:src|href)=\"(/assets/[^\"]+)\"").matcher(index()).results().map(m -> m.group(1))
                .collect(Collectors.toCollection(HashSet::new));
        var total = index;
        for (var file : files) total += get(file, "Accept-Encoding", "gzip").body().length;
        assertTrue(files.size() > 40, "only " + files.size() + " files were found in the page");
        assertTrue(total <= LARGEST_FIRST_LOAD, "the first load takes " + total + " bytes");
    }
}
