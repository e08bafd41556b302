package dev.parley.hub;

import dev.parley.hub.HubException.Reason;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;

/**
 * Takes a model, or one revision of it, out of the cache. References go first and contents last, so that a removal that
 * is cut short leaves no snapshot that looks whole. Links are removed, never followed.
 */
final class Removal {

    private final CachedModel model;
    private final HubCache.Folder folder;

    Removal(CachedModel model, HubCache.Folder folder) {
        this.model = model;
        this.folder = folder;
    }

    CachedModel.Removed all() throws IOException {
        try (var locks = new Locks()) {
            removeAll();
        }
        deleteTree(folder.locks());
        return new CachedModel.Removed(model.revisions().stream().map(CachedModel.Revision::commit).toList(), model.bytes());
    }

    private void removeAll() throws IOException {
        deleteTree(folder.refs());
        deleteTree(folder.snapshots());
        var place = folder.root().toRealPath(); // a model may have been moved to another disk and linked from here
        deleteTree(place);
        Files.deleteIfExists(folder.root());
    }

    /** @throws HubException NO_REVISION if it is not there */
    CachedModel.Removed revision(String wanted) throws IOException {
        var gone = find(wanted);
        if (model.revisions().size() == 1) return all();
        try (var locks = new Locks()) {
            for (var ref : gone.refs()) Files.deleteIfExists(folder.refs().resolve(ref));
            deleteTree(gone.folder());
            deleteTree(folder.root().resolve(".no_exist").resolve(gone.commit()));
            deleteUnusedBlobs();
        }
        var left = CachedModel.read(new HubModel(model.id(), HubModel.DEFAULT_REVISION), folder).bytes();
        return new CachedModel.Removed(List.of(gone.commit()), model.bytes() - left);
    }

    private CachedModel.Revision find(String wanted) {
        var found = model.revisions().stream().filter(r -> r.refs().contains(wanted) || r.commit().equals(wanted)
                || wanted.matches("[0-9a-f]{7,39}") && r.commit().startsWith(wanted)).toList();
        if (found.size() == 1) return found.getFirst();
        throw new HubException(Reason.NO_REVISION, model.id() + (found.isEmpty() ? " has no revision " : " has several revisions ") + wanted
                + " in the cache; ./parley models list shows those it has.");
    }

    private void deleteUnusedBlobs() throws IOException {
        var used = new HashSet<Object>();
        for (var snapshot : HubCache.children(folder.snapshots())) {
            try (Stream<Path> walk = Files.walk(snapshot)) {
                for (var file : walk.filter(Files::isRegularFile).toList()) used.add(identity(file));
            }
        }
        for (var blob : HubCache.children(folder.blobs())) {
            if (!blob.toString().endsWith(".incomplete") && Files.isRegularFile(blob) && !used.contains(identity(blob))) Files.delete(blob);
        }
    }

    /** The same for all names of one file. */
    private static Object identity(Path file) throws IOException {
        var key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        return key != null ? key : file.toRealPath();
    }

    private static void deleteTree(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) return;
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path left, IOException problem) throws IOException {
                if (problem != null) throw problem;
                Files.delete(left);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** The locks of what is being downloaded: where one cannot be had, somebody is at work. */
    private final class Locks implements AutoCloseable {

        private final List<BlobLock> held = new ArrayList<>();

        Locks() throws IOException {
            for (var blob : HubCache.children(folder.blobs())) {
                var name = blob.getFileName().toString();
                if (!name.endsWith(".incomplete")) continue;
                var lock = BlobLock.tryTake(folder.lock(name.substring(0, name.length() - ".incomplete".length())));
                if (lock.isEmpty()) {
                    close();
                    throw new HubException(Reason.BUSY,
                            model.id() + " is just being downloaded by another program; wait for its end, or stop it.");
                }
                held.add(lock.get());
            }
        }

        @Override
        public void close() throws IOException {
            for (var lock : held) lock.close();
        }
    }
}
