package dev.parley.serve.page;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;

/** A file of the page in memory. It is compressed when it is first asked for so: most starts of a server show no page. */
final class PageFile {

    private final String type;
    private final byte[] content;
    private byte[] compressed;

    PageFile(String name, byte[] content) {
        this.type = type(name);
        this.content = content;
    }

    private static String type(String name) {
        return switch (name.substring(name.lastIndexOf('.'))) {
            case ".html" -> "text/html; charset=utf-8";
            case ".js" -> "text/javascript; charset=utf-8";
            case ".css" -> "text/css; charset=utf-8";
            case ".svg" -> "image/svg+xml";
            case ".woff2" -> "font/woff2";
            default -> throw new IllegalArgumentException("The page has no type for " + name + ".");
        };
    }

    String type() {
        return type;
    }

    byte[] content() {
        return content;
    }

    /** Whether compressing it saves anything; fonts are compressed already. */
    boolean compresses() {
        return !type.startsWith("font/");
    }

    synchronized byte[] compressed() {
        if (compressed == null) compressed = gzip(content);
        return compressed;
    }

    private static byte[] gzip(byte[] content) {
        var out = new ByteArrayOutputStream(content.length / 3);
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
