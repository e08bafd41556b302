package dev.parley.hub;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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

    private static final ObjectMapper JSON = new ObjectMapper();

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

    /** All models, by their names. */
    List<String> models() throws IOException {
        try (var places = Files.walk(folder, 2)) {
            return places.filter(place -> Files.isDirectory(place) && folder.relativize(place).getNameCount() == 2)
                    .map(place -> folder.relativize(place).toString().replace('\\', '/')).filter(name -> !name.contains("@")).sorted()
                    .toList();
        }
    }

    /** What the hub says of a model: made of its config.json, with what a file {@code card.json} beside the folder adds. */
    ObjectNode card(String model, Path place, boolean gated) throws IOException {
        var card = JSON.createObjectNode().put("_id", "1").put("id", model).put("sha", commit(place)).put("private", false);
        if (gated) card.put("gated", "manual");
        else card.put("gated", false);
        card.put("downloads", 12).put("likes", 3).putArray("tags").add("safetensors").add("license:mit");
        var config = place.resolve("config.json");
        if (Files.isRegularFile(config)) {
            var type = JSON.readTree(config.toFile()).path("model_type");
            if (type.isTextual()) card.putObject("config").set("model_type", type);
        }
        var more = place.resolveSibling(place.getFileName() + ".card.json");
        if (Files.isRegularFile(more)) card.setAll((ObjectNode) JSON.readTree(more.toFile()));
        return card;
    }

    ArrayNode siblings(Path place, boolean sizes) throws IOException {
        var siblings = JSON.createArrayNode();
        for (var file : files(place)) {
            var sibling = siblings.addObject().put("rfilename", place.relativize(file).toString().replace('\\', '/'));
            if (sizes) sibling.put("size", Files.size(file)).put("blobId", etag(file));
        }
        return siblings;
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
