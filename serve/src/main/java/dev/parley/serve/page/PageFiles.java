package dev.parley.serve.page;

import dev.parley.serve.Routes;
import dev.parley.serve.page.PageContents.Library;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Serves the page at {@code /} and its files below {@code /assets/VERSION/}, where the version is a hash over all of them: what
 * has such an address never changes, and a browser keeps it for good. Modules name each other by relative paths, so all come
 * of one version.
 */
public final class PageFiles implements Routes {

    private static final String FOR_GOOD = "public, max-age=31536000, immutable";
    private static final String ASK_AGAIN = "no-cache";

    private final Map<String, PageFile> files;
    private final String version;
    private final PageFile index;
    private final String indexTag;

    private PageFiles(Map<String, PageFile> files) {
        this.files = Map.copyOf(files);
        version = hash(new TreeMap<>(files));
        var html = new String(resource("web/index.html"), StandardCharsets.UTF_8).replace("{modules}", modules()).replace("{assets}", "/assets/" + version);
        index = new PageFile("index.html", html.getBytes(StandardCharsets.UTF_8));
        indexTag = "\"" + hash(Map.of("index.html", index)) + "\"";
    }

    /** The page as it lies on the class path. */
    public static PageFiles load() {
        var files = new HashMap<String, PageFile>();
        for (var name : (Iterable<String>) Stream.concat(PageContents.MODULES.stream(), PageContents.OTHERS.stream())::iterator) {
            files.put(name, new PageFile(name, resource("web/" + name)));
        }
        for (var library : (Iterable<Library>) Stream.concat(PageContents.FIRST_LIBRARIES.stream(), PageContents.LATER_LIBRARIES.stream())::iterator) {
            files.put(library.name(), new PageFile(library.name(), resource(place(library))));
        }
        return new PageFiles(files);
    }

    private static String place(Library library) {
        var properties = new Properties();
        try (var in = PageFiles.class.getClassLoader().getResourceAsStream("META-INF/maven/" + library.group() + "/" + library.artifact() + "/pom.properties")) {
            if (in == null) throw new IllegalStateException("The WebJar " + library.artifact() + " is not on the class path.");
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return "META-INF/resources/webjars/" + library.artifact() + "/" + properties.getProperty("version") + "/" + library.path();
    }

    private static byte[] resource(String name) {
        try (var in = PageFiles.class.getClassLoader().getResourceAsStream(name)) {
            if (in == null) throw new IllegalStateException("The page's file " + name + " is not on the class path.");
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String hash(Map<String, PageFile> files) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            for (var file : files.entrySet()) {
                digest.update(file.getKey().getBytes(StandardCharsets.UTF_8));
                digest.update(file.getValue().content());
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    private static String modules() {
        return Stream.concat(PageContents.MODULES.stream(), PageContents.FIRST_LIBRARIES.stream().map(Library::name))
                .map(name -> "<link rel=\"modulepreload\" href=\"{assets}/" + name + "\">").collect(Collectors.joining("\n"));
    }

    @Override
    public void addTo(RoutesConfig routes) {
        routes.get("/", this::index);
        routes.get("/assets/{version}/<name>", this::file);
        routes.get("/favicon.ico", request -> request.redirect("/assets/" + version + "/img/icon.svg"));
    }

    private void index(Context request) {
        request.header("ETag", indexTag).header("Cache-Control", ASK_AGAIN);
        if (indexTag.equals(request.header("If-None-Match"))) request.status(304);
        else send(request, index);
    }

    private void file(Context request) {
        var file = Optional.ofNullable(files.get(request.pathParam("name")));
        if (file.isEmpty()) {
            request.status(404).contentType("text/plain; charset=utf-8").result("The page has no such file.");
            return;
        }
        // a page that was loaded before the server was renewed still finds what it loads later
        request.header("Cache-Control", request.pathParam("version").equals(version) ? FOR_GOOD : ASK_AGAIN);
        send(request, file.get());
    }

    private static void send(Context request, PageFile file) {
        request.contentType(file.type()).header("Vary", "Accept-Encoding");
        if (file.compresses() && takesGzip(request)) request.header("Content-Encoding", "gzip").result(file.compressed());
        else request.result(file.content());
    }

    private static boolean takesGzip(Context request) {
        return Optional.ofNullable(request.header("Accept-Encoding")).orElse("").matches("(?i)(.*,)?\\s*gzip\\s*(;\\s*q=(1|0\\.\\d*[1-9]\\d*)[0.]*\\s*)?(,.*)?");
    }
}
