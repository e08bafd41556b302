package dev.parley.hub;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A model in the cache.
 *
 * @param id its name at the hub
 * @param bytes that it takes on the disk, each content counted once
 * @param partialBytes of them, what interrupted downloads have left
 * @param lastUsed when its largest file was last read, as far as the file system keeps account
 * @param revisions those that are there, by commit
 */
public record CachedModel(String id, long bytes, long partialBytes, Optional<Instant> lastUsed, List<Revision> revisions) {

    public CachedModel {
        revisions = List.copyOf(revisions);
    }

    /**
     * A commit of a model in the cache.
     *
     * @param refs branches and tags that stand for it
     * @param bytes of its files, also where another revision shares them
     * @param whole whether a model can be loaded from it: settings and weights are all there, or a GGUF file
     */
    public record Revision(String commit, List<String> refs, Path folder, int files, long bytes, boolean whole) {

        public Revision {
            refs = List.copyOf(refs);
        }
    }

    /**
     * What a removal did.
     *
     * @param commits those that went
     * @param bytes freed on the disk
     */
    public record Removed(List<String> commits, long bytes) {

        public Removed {
            commits = List.copyOf(commits);
        }
    }

    static CachedModel read(HubModel model, HubCache.Folder folder) throws IOException {
        var refs = refs(folder);
        var revisions = new ArrayList<Revision>();
        for (var snapshot : HubCache.children(folder.snapshots())) {
            var commit = snapshot.getFileName().toString();
            if (HubModel.isCommit(commit) && Files.isDirectory(snapshot)) revisions.add(revision(snapshot, commit, refs));
        }
        var disk = new Disk();
        Files.walkFileTree(folder.root().toRealPath(), disk);
        return new CachedModel(model.id(), disk.bytes, disk.partialBytes, Optional.ofNullable(disk.lastUsed), revisions);
    }

    private static Revision revision(Path snapshot, String commit, Map<String, String> refs) throws IOException {
        var files = files(snapshot);
        var bytes = 0L;
        for (var file : files) bytes += Files.size(file);
        var whole = new NeededFiles.Model(Optional.empty()).areIn(snapshot) || files.stream().anyMatch(f -> f.toString().endsWith(".gguf"));
        return new Revision(commit, refs.entrySet().stream().filter(r -> r.getValue().equals(commit)).map(Map.Entry::getKey).toList(),
                snapshot, files.size(), bytes, whole);
    }

    /** Files of a snapshot whose content is there. */
    private static List<Path> files(Path snapshot) throws IOException {
        try (Stream<Path> walk = Files.walk(snapshot)) {
            return walk.filter(Files::isRegularFile).toList();
        }
    }

    private static Map<String, String> refs(HubCache.Folder folder) throws IOException {
        var refs = new TreeMap<String, String>();
        if (!Files.isDirectory(folder.refs())) return refs;
        try (Stream<Path> walk = Files.walk(folder.refs())) {
            walk.forEach(file -> HubCache.Folder.commit(file)
                    .ifPresent(c -> refs.put(folder.refs().relativize(file).toString().replace('\\', '/'), c)));
        }
        return refs;
    }

    /** Sizes of what is on the disk; a file with two names counts once. */
    private static final class Disk extends SimpleFileVisitor<Path> {

        private final Set<Object> seen = new HashSet<>();
        private long bytes;
        private long partialBytes;
        private long largest;
        private Instant lastUsed; // null until a file was seen

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (!attributes.isRegularFile() || attributes.fileKey() != null && !seen.add(attributes.fileKey()))
                return FileVisitResult.CONTINUE;
            bytes += attributes.size();
            if (file.toString().endsWith(".incomplete")) partialBytes += attributes.size();
            if (attributes.size() < largest) return FileVisitResult.CONTINUE;
            largest = attributes.size();
            lastUsed = attributes.lastAccessTime().toInstant();
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException problem) throws IOException {
            if (problem instanceof NoSuchFileException) return FileVisitResult.CONTINUE; // removed while we looked
            throw problem;
        }
    }
}
