package dev.parley.hub;

import dev.parley.files.FolderTree;
import dev.parley.hub.HubException.Reason;
import dev.parley.weights.WeightFileException;
import dev.parley.weights.WeightHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;

/** Copies of a model what says what it is: the files of its settings, and by requests of ranges the beginnings of those of its weights. */
final class OutlineReader {

    /** Of a file of settings, and of a header. */
    private static final long LARGEST_PART = 100_000_000;
    /** Of all together. */
    private static final long LARGEST_COPY = 400_000_000;
    /** Larger than settings are, and nothing of them is asked here. */
    private static final Set<String> VOCABULARIES = Set.of("tokenizer.json", "vocab.json", "merges.txt");

    private final HubModel model;
    private final ModelListing card;
    private final String commit;
    private final HubClient client;
    private final Retries retries;
    private final AtomicLong copied = new AtomicLong();

    OutlineReader(HubModel model, ModelListing card, HubClient client, Retries retries) {
        this.model = model;
        this.card = card;
        commit = card.requireCommit(model);
        this.client = client;
        this.retries = retries;
    }

    /** @param snapshot where the files lie that are here */
    Outline read(NeededFiles needed, Path snapshot) {
        var names = new ArrayList<>(needed.of(model, card.names()));
        Path folder;
        try {
            folder = Files.createTempDirectory("parley-outline");
        } catch (IOException e) {
            throw new HubException(Reason.DISK, "No folder can be made for a look at " + model + " (" + e.getMessage() + ").", e);
        }
        try {
            var refusal = copy(names, folder);
            var files = sizes(names);
            var missing = files.stream().filter(file -> !Files.isRegularFile(snapshot.resolve(file.name())))
                    .mapToLong(file -> file.size().orElse(0)).sum();
            var path = refusal.isPresent() ? Optional.<Path>empty() : Optional.of(needed.gguf(folder).orElse(folder));
            return new Outline(model, Optional.of(card), path, refusal, files, missing, Optional.of(folder));
        } catch (RuntimeException | Error e) {
            delete(folder);
            throw e;
        }
    }

    private static void delete(Path folder) {
        try {
            FolderTree.delete(folder);
        } catch (IOException e) {
            // what went wrong before is told
        }
    }

    /** @return why there is no copy, where the hub shows no files, or they are not read */
    private Optional<String> copy(List<String> names, Path folder) {
        try {
            inParallel(names, name -> copy(name, folder));
            var index = names.stream().filter(name -> name.endsWith(".index.json")).findFirst();
            if (index.isPresent()) {
                var shards = shards(folder.resolve(index.get()));
                names.addAll(shards);
                inParallel(shards, name -> copy(name, folder));
            }
            return Optional.empty();
        } catch (HubException e) {
            if (e.reason() != Reason.ACCESS) throw e;
            return Optional.of(e.getMessage());
        } catch (WeightFileException e) { // a type that is not read, for one
            return Optional.of(model + ": " + e.getMessage());
        }
    }

    private List<String> shards(Path index) {
        try {
            var shards = List.copyOf(NeededFiles.shards(index));
            for (var shard : shards) {
                if (!card.names().contains(shard))
                    throw new HubException(Reason.DAMAGED,
                            model + ": " + index.getFileName() + " names " + shard + ", which the model does not have.");
            }
            return shards;
        } catch (IOException e) {
            throw new HubException(Reason.DAMAGED, model + ": " + index.getFileName() + " is no index of weights.", e);
        }
    }

    private interface Step {
        void of(String name) throws IOException;
    }

    private void inParallel(List<String> names, Step step) {
        Pull.inParallel(names.stream().<Callable<String>>map(name -> () -> {
            try {
                step.of(name);
            } catch (IOException e) {
                throw new HubException(Reason.DISK, name + " of " + model + " cannot be looked at (" + e.getMessage() + ").", e);
            }
            return name;
        }).toList());
    }

    private void copy(String name, Path folder) throws IOException {
        RemoteFile.requireSafe(name);
        var file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        if (WeightHeader.comesFirst(name)) {
            copyHeader(name, file);
        } else if (name.endsWith(".json") && !VOCABULARIES.contains(name) || name.endsWith(".jinja")) {
            Files.write(file, bytes(name, 0, LARGEST_PART));
        }
    }

    /** A file as long as the whole one, of which only its header is there. */
    private void copyHeader(String name, Path file) throws IOException {
        var size = size(name);
        try (var channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
            if (size == 0) return;
            channel.write(ByteBuffer.allocate(1), size - 1);
            var known = 0L;
            for (var needed = WeightHeader.needed(file, 0); needed > known; needed = WeightHeader.needed(file, known)) {
                if (needed > LARGEST_PART) throw new HubException(Reason.DAMAGED, model + ": the header of " + name + " has no end.");
                var bytes = bytes(name, known, needed);
                if (bytes.length < needed - known)
                    throw new HubException(Reason.DAMAGED, model + ": " + name + " has not the bytes it is said to have.");
                channel.write(ByteBuffer.wrap(bytes), known);
                known += bytes.length;
            }
        }
    }

    private byte[] bytes(String name, long from, long to) {
        var bytes = retries.of("Looking at " + name + " of " + model, () -> client.bytes(model, commit, name, from, to));
        if (copied.addAndGet(bytes.length) > LARGEST_COPY)
            throw new HubException(Reason.DAMAGED, model + ": what its files say of themselves is larger than it can be.");
        return bytes;
    }

    private List<ModelListing.File> sizes(List<String> names) {
        return names.stream().map(name -> new ModelListing.File(name, card.size(name))).toList();
    }

    private long size(String name) {
        var said = card.size(name);
        return said.isPresent() ? said.getAsLong()
                : retries.of("Asking for " + name + " of " + model, () -> client.describe(model, commit, name)).size();
    }
}
