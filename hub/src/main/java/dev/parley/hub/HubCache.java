package dev.parley.hub;

import dev.parley.files.DurableFile;
import dev.parley.hub.HubException.Reason;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The folder that downloaded models lie in, laid out as Python's huggingface_hub does:
 *
 * <pre>
 * models--org--name/blobs/HASH                    contents, named by their ETag; HASH.incomplete while they come
 * models--org--name/refs/main                     the commit that a branch or a tag stood for when last asked
 * models--org--name/snapshots/COMMIT/config.json  a link to ../../blobs/HASH
 * .locks/models--org--name/HASH.lock              held by who fetches HASH
 * </pre>
 */
public final class HubCache {

    private static final long LARGEST_REF = 200;

    private final Path root;
    private final boolean copies;

    HubCache(Path root, boolean copies) {
        this.root = root;
        this.copies = copies;
    }

    /** {@return the folder that the cache lies in} */
    public Path root() {
        return root;
    }

    Folder folder(HubModel model) {
        return new Folder(root.resolve(model.cacheFolder()), root.resolve(".locks").resolve(model.cacheFolder()), copies);
    }

    /** What lies in it, by name; folders that are no models are passed over. */
    public List<CachedModel> models() throws IOException {
        if (!Files.isDirectory(root)) return List.of();
        var models = new ArrayList<CachedModel>();
        for (var path : children(root)) {
            var model = HubModel.ofCacheFolder(path.getFileName().toString());
            if (model.isPresent() && Files.isDirectory(path)) models.add(CachedModel.read(model.get(), folder(model.get())));
        }
        return List.copyOf(models);
    }

    /** One model's part of it. */
    public Optional<CachedModel> find(String id) throws IOException {
        var model = new HubModel(id, HubModel.DEFAULT_REVISION);
        var folder = folder(model);
        return Files.isDirectory(folder.root()) ? Optional.of(CachedModel.read(model, folder)) : Optional.empty();
    }

    /**
     * Takes a model out of it, with all its revisions.
     *
     * @throws HubException NO_MODEL if it is not there, BUSY if it is being downloaded
     */
    public CachedModel.Removed remove(String id) throws IOException {
        return removal(id).all();
    }

    /**
     * Takes one revision out of it, and the contents that no other revision of the model has.
     *
     * @param revision a branch, a tag, a commit, or the first seven or more digits of one
     * @throws HubException NO_MODEL, NO_REVISION if it is not there, BUSY if the model is being downloaded
     */
    public CachedModel.Removed remove(String id, String revision) throws IOException {
        return removal(id).revision(revision);
    }

    private Removal removal(String id) throws IOException {
        var found = find(id).orElseThrow(() -> new HubException(Reason.NO_MODEL,
                "The cache " + root + " holds no model " + id + "; ./parley models list shows those it has."));
        return new Removal(found, folder(new HubModel(id, HubModel.DEFAULT_REVISION)));
    }

    static List<Path> children(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) return List.of();
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted(Comparator.comparing(Path::getFileName)).toList();
        }
    }

    /** The places of one model. @param copies whether links are not wanted */
    record Folder(Path root, Path locks, boolean copies) {

        Path blobs() {
            return root.resolve("blobs");
        }

        Path blob(String etag) {
            return blobs().resolve(etag);
        }

        Path partial(String etag) {
            return blobs().resolve(etag + ".incomplete");
        }

        Path lock(String etag) {
            return locks.resolve(etag + ".lock");
        }

        Path refs() {
            return root.resolve("refs");
        }

        Path snapshots() {
            return root.resolve("snapshots");
        }

        Path snapshot(String commit) {
            return snapshots().resolve(commit);
        }

        /** The commit that a revision stood for when the hub was last asked. */
        Optional<String> commit(HubModel model) {
            return model.isCommit() ? Optional.of(model.revision()) : commit(refs().resolve(model.revision()));
        }

        static Optional<String> commit(Path ref) {
            try {
                if (!Files.isRegularFile(ref) || Files.size(ref) > LARGEST_REF) return Optional.empty();
                return Optional.of(Files.readString(ref).strip()).filter(HubModel::isCommit);
            } catch (IOException e) {
                return Optional.empty(); // unreadable or no text: no ref of ours or of Python's
            }
        }

        /** Notes what a branch or tag stands for now. */
        void writeRef(HubModel model, String commit) throws IOException {
            if (!model.isCommit() && !commit(model).equals(Optional.of(commit)))
                DurableFile.write(refs().resolve(model.revision()), commit);
        }

        /** Puts a whole blob into a snapshot: a relative link, else another name of the same file, else a copy. */
        void link(String commit, RemoteFile file) throws IOException {
            var place = snapshot(commit).resolve(file.name());
            if (Files.isRegularFile(place)) return;
            Files.createDirectories(place.getParent());
            if (Files.exists(place, LinkOption.NOFOLLOW_LINKS)) Files.delete(place); // a link to a blob that is gone
            var blob = blob(file.etag());
            if (!copies && (isLinked(() -> Files.createSymbolicLink(place, place.getParent().relativize(blob)))
                    || isLinked(() -> Files.createLink(place, blob)))) {
                return;
            }
            DurableFile.write(place, channel -> copy(blob, channel));
        }

        @FunctionalInterface
        private interface Linking {
            Path run() throws IOException;
        }

        private static boolean isLinked(Linking linking) throws IOException {
            try {
                linking.run();
                return true;
            } catch (FileAlreadyExistsException e) {
                return true; // another process has just done the same
            } catch (UnsupportedOperationException | FileSystemException e) {
                return false; // Windows without the right to link, or a file system without links
            }
        }

        private static void copy(Path blob, FileChannel to) throws IOException {
            try (var from = FileChannel.open(blob, StandardOpenOption.READ)) {
                for (long at = 0; at < from.size();) at += from.transferTo(at, from.size() - at, to);
            }
        }
    }
}
