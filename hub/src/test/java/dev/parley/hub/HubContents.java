package dev.parley.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What a {@link FakeHub} serves: folders of models and of their revisions, with the hashes and commits that git would give them. */
final class HubContents {

    private final Path folder;
    private final Map<String, String> hashes = new ConcurrentHashMap<>();

    HubContents(Path folder) {
        this.folder = folder;
    }

    /** Where a model lies, {@code org/name} or {@code org/name@revision}. */
    Path model(String modelAndRevision) {
        return folder.resolve(modelAndRevision);
    }

    /** Where a branch, a tag or a commit of a model lies. */
    Optional<Path> revision(String model, String revision) throws IOException {
        var main = folder.resolve(model);
        if (revision.equals("main") || revision.equals(commit(main))) return Optional.of(main);
        try (var beside = Files.list(main.getParent())) {
            for (var place : beside.filter(p -> p.getFileName().toString().startsWith(main.getFileName() + "@")).toList()) {
                if (place.equals(folder.resolve(model + "@" + revision)) || commit(place).equals(revision)) return Optional.of(place);
            }
        }
        return Optional.empty();
    }

    static List<Path> files(Path place) throws IOException {
        try (var walk = Files.walk(place)) {
            return walk.filter(Files::isRegularFile).sorted().toList();
        }
    }

    /** Whether the hub keeps it as a large file, at the second server. */
    static boolean isLarge(Path file) {
        return file.toString().matches(".*\\.(safetensors|bin|h5|gguf)");
    }

    String commit(Path place) throws IOException {
        var digest = digest("SHA-1");
        for (var file : files(place)) digest.update((place.relativize(file) + " " + etag(file) + "\n").getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest.digest());
    }

    String etag(Path file) throws IOException {
        var key = file + "|" + Files.size(file) + "|" + Files.getLastModifiedTime(file);
        var known = hashes.get(key);
        if (known == null) {
            known = hash(file);
            hashes.put(key, known);
        }
        return known;
    }

    private static String hash(Path file) throws IOException {
        var digest = digest(isLarge(file) ? "SHA-256" : "SHA-1");
        if (!isLarge(file)) digest.update(("blob " + Files.size(file) + "\0").getBytes(StandardCharsets.US_ASCII));
        try (InputStream in = Files.newInputStream(file)) {
            var buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n > 0; n = in.read(buffer)) digest.update(buffer, 0, n);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
