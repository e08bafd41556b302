package dev.parley.serve.page;

import dev.parley.files.Sha256;
import dev.parley.serve.page.PageContents.Library;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The page and its files, as they lie on the class path.
 *
 * @param files by name
 * @param version a hash over all files
 * @param index the page itself, which names its files
 * @param indexTag changes with the page
 */
record PageFiles(Map<String, PageFile> files, String version, PageFile index, String indexTag) {

    static PageFiles load() {
        var files = new HashMap<String, PageFile>();
        for (var name : (Iterable<String>) Stream.concat(PageContents.MODULES.stream(), PageContents.OTHERS.stream())::iterator) {
            files.put(name, new PageFile(name, resource("web/" + name)));
        }
        for (var library : (Iterable<Library>) Stream.concat(PageContents.FIRST_LIBRARIES.stream(),
                PageContents.LATER_LIBRARIES.stream())::iterator) {
            files.put(library.name(), new PageFile(library.name(), resource(place(library))));
        }
        for (var part : PageContents.EXPLANATION.entrySet()) {
            files.put(part.getKey(), new PageFile(part.getKey(), part.getValue().get().getBytes(StandardCharsets.UTF_8)));
        }
        return of(Map.copyOf(files));
    }

    private static PageFiles of(Map<String, PageFile> files) {
        var version = hash(new TreeMap<>(files));
        var html = new String(resource("web/index.html"), StandardCharsets.UTF_8).replace("{modules}", modules()).replace("{assets}",
                "/assets/" + version);
        var index = new PageFile("index.html", html.getBytes(StandardCharsets.UTF_8));
        return new PageFiles(files, version, index, "\"" + hash(Map.of("index.html", index)) + "\"");
    }

    private static String place(Library library) {
        var properties = new Properties();
        try (var in = PageFiles.class.getClassLoader()
                .getResourceAsStream("META-INF/maven/" + library.group() + "/" + library.artifact() + "/pom.properties")) {
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
        var hash = new Sha256();
        for (var file : files.entrySet()) hash.text(file.getKey()).bytes(file.getValue().content());
        return hash.hex().substring(0, 16);
    }

    private static String modules() {
        return Stream.concat(PageContents.MODULES.stream(), PageContents.FIRST_LIBRARIES.stream().map(Library::name))
                .map(name -> "<link rel=\"modulepreload\" href=\"{assets}/" + name + "\">").collect(Collectors.joining("\n"));
    }

    Optional<PageFile> find(String name) {
        return Optional.ofNullable(files.get(name));
    }
}
