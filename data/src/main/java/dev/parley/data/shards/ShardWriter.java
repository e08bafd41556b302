package dev.parley.data.shards;

import dev.parley.files.DurableFile;
import dev.parley.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Writes documents of token ids to a folder of shards, one after the other. Until {@link #finish()} the folder has no index, and what
 * was written is deleted if the writer is closed before; a killed one leaves hidden files, which the next one in the folder deletes.
 *
 * <pre>{@code
 * try (var writer = ShardWriter.create(Path.of("shards"), tokenizer, ShardOptions.DEFAULT)) {
 *     for (var text : texts) writer.add(tokenizer.encode(text), Split.hash(text));
 *     writer.finish();
 * }
 * }</pre>
 *
 * For one thread.
 */
public final class ShardWriter implements AutoCloseable {

    private static final String LEFT_OVER = "\\.(train|validation)\\.tokens\\.[-0-9a-f]+\\.part";

    private final Path folder;
    private final Tokenizer tokenizer;
    private final TokenizerIdentity identity;
    private final ShardOptions options;
    private final Map<Split, List<ShardFileWriter>> files = new EnumMap<>(Split.class);
    private final Map<Split, List<Integer>> checksums = new EnumMap<>(Split.class);

    private ShardWriter(Path folder, Tokenizer tokenizer, ShardOptions options) {
        this.folder = folder;
        this.tokenizer = tokenizer;
        this.options = options;
        identity = TokenizerIdentity.of(tokenizer);
        for (var split : Split.values()) {
            files.put(split, new ArrayList<>());
            checksums.put(split, new ArrayList<>());
        }
    }

    /**
     * Begins a folder of shards, which is made if it is not there.
     *
     * @param tokenizer of the ids, which is written into the folder too
     * @throws IllegalArgumentException if the folder holds shards already
     */
    public static ShardWriter create(Path folder, Tokenizer tokenizer, ShardOptions options) throws IOException {
        if (Files.exists(folder.resolve(ShardIndex.FILE)))
            throw new IllegalArgumentException(folder + " holds token shards already; name another folder, or delete it.");
        Files.createDirectories(folder);
        try (var all = Files.list(folder)) {
            for (var file : all.filter(f -> f.getFileName().toString().matches(LEFT_OVER)).toList()) Files.delete(file);
        }
        return new ShardWriter(folder, tokenizer, options);
    }

    /**
     * Adds a document; one without tokens is left out.
     *
     * @param ids of its text alone: the tokens that begin and end a document are added by whoever reads it
     * @param hash of its text, {@link Split#hash(String)}, which decides its split
     * @throws IllegalArgumentException if an id is not in the vocabulary
     */
    public void add(int[] ids, long hash) throws IOException {
        if (ids.length == 0) return;
        for (var id : ids) {
            if (id < 0 || id >= identity.vocabSize()) {
                throw new IllegalArgumentException("The id " + id + " is not in the tokenizer's vocabulary of " + identity.vocabSize()
                        + " tokens.");
            }
        }
        open(Split.of(hash, options.validation()), ids.length).add(ids);
    }

    private ShardFileWriter open(Split split, int tokens) throws IOException {
        var all = files.get(split);
        var isFull = all.isEmpty() || all.getLast().tokens() > 0 && all.getLast().tokens() + tokens > options.tokensPerShard();
        if (!isFull) return all.getLast();
        if (!all.isEmpty()) checksums.get(split).add(all.getLast().finish());
        all.add(new ShardFileWriter(folder.resolve(split.label() + ".tokens"), identity));
        return all.getLast();
    }

    /** Tokens of a split so far. */
    public long tokens(Split split) {
        return files.get(split).stream().mapToLong(ShardFileWriter::tokens).sum();
    }

    /** Documents of a split so far. */
    public long documents(Split split) {
        return files.get(split).stream().mapToLong(ShardFileWriter::documents).sum();
    }

    /** Ends the last files, gives all their names, and writes tokenizer and index. */
    public void finish() throws IOException {
        var splits = new EnumMap<Split, List<ShardIndex.Entry>>(Split.class);
        for (var split : Split.values()) splits.put(split, finish(split));
        tokenizer.save(folder);
        DurableFile.syncFolder(folder);
        new ShardIndex(identity, splits).write(folder);
    }

    private List<ShardIndex.Entry> finish(Split split) throws IOException {
        var all = files.get(split);
        if (!all.isEmpty()) checksums.get(split).add(all.getLast().finish());
        var entries = new ArrayList<ShardIndex.Entry>();
        for (int i = 0; i < all.size(); i++) {
            var name = String.format(Locale.ROOT, "%s-%05d-of-%05d.tokens", split.label(), i, all.size());
            all.get(i).moveTo(folder.resolve(name));
            entries.add(new ShardIndex.Entry(name, all.get(i).tokens(), all.get(i).documents(),
                    String.format(Locale.ROOT, "%08x", checksums.get(split).get(i))));
        }
        return entries;
    }

    /** Deletes what was written if {@link #finish()} has not ended. */
    @Override
    public void close() throws IOException {
        for (var all : files.values()) {
            for (var file : all) file.close();
        }
    }
}
