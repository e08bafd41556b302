package dev.parley.files;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The SHA-256 of texts, bytes and files, in hexadecimal digits.
 *
 * <pre>{@code
 * var name = Sha256.of("a text");
 * var both = new Sha256().text("a name").file(path).hex();   // of one after the other
 * }</pre>
 */
public final class Sha256 {

    private final MessageDigest digest;

    /** Of nothing yet. */
    public Sha256() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256.", e);
        }
    }

    /** The hash of a text's UTF-8. */
    public static String of(String text) {
        return new Sha256().text(text).hex();
    }

    /** Adds a text's UTF-8. */
    public Sha256 text(String text) {
        return bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Adds some bytes. */
    public Sha256 bytes(byte[] bytes) {
        digest.update(bytes);
        return this;
    }

    /** Adds all bytes of a file. */
    public Sha256 file(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            var buffer = new byte[1 << 16];
            for (int n; (n = in.read(buffer)) >= 0;) digest.update(buffer, 0, n);
        }
        return this;
    }

    /** 64 digits; to be asked once. */
    public String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
