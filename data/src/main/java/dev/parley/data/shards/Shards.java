package dev.parley.data.shards;

import dev.parley.tokenizer.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * A split of a folder of token shards, mapped: what is read of it is loaded by the system, and dropped when memory is short. Files are
 * checked as they are read, {@code ShardFile}.
 *
 * <pre>{@code
 * var corpus = Shards.open(Path.of("shards"), Split.TRAIN, tokenizer);
 * var rows = PackedDocuments.of(corpus, Boundaries.of(tokenizer), 1024);
 * }</pre>
 */
public final class Shards implements TokenCorpus {

    private final List<Shard> shards;
    private final long[] firstToken; // of each shard, and the end
    private final long[] firstDocument;

    private Shards(List<Shard> shards) {
        this.shards = shards;
        firstToken = new long[shards.size() + 1];
        firstDocument = new long[shards.size() + 1];
        for (int i = 0; i < shards.size(); i++) {
            firstToken[i + 1] = firstToken[i] + shards.get(i).shape().tokens();
            firstDocument[i + 1] = firstDocument[i] + shards.get(i).shape().documents();
        }
    }

    /** Whether a folder holds shards. */
    public static boolean areIn(Path folder) {
        return Files.isRegularFile(folder.resolve(ShardIndex.FILE));
    }

    /** Whether a folder's split has a document. */
    public static boolean has(Path folder, Split split) {
        return !ShardIndex.read(folder).splits().get(split).isEmpty();
    }

    /**
     * Opens a split.
     *
     * @param tokenizer of the model, which must be the one that made the ids
     * @throws IllegalArgumentException naming the file that is missing or broken, or if the tokenizer is another
     */
    public static Shards open(Path folder, Split split, Tokenizer tokenizer) {
        var index = ShardIndex.read(folder);
        var identity = TokenizerIdentity.of(tokenizer);
        if (!index.tokenizer().equals(identity)) {
            throw new IllegalArgumentException(folder + " holds ids of another tokenizer, of " + index.tokenizer().vocabSize()
                    + " tokens; the model's has " + identity.vocabSize()
                    + ". Name the folder as the recipe's tokenizer, or prepare the data "
                    + "by the model's.");
        }
        var entries = index.splits().get(split);
        if (entries.isEmpty()) throw new IllegalArgumentException(folder + " has no " + split.label() + " split.");
        return new Shards(entries.stream().map(entry -> open(folder, entry, identity)).toList());
    }

    private static Shard open(Path folder, ShardIndex.Entry entry, TokenizerIdentity tokenizer) {
        var file = folder.resolve(entry.file());
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException(
                    file + ", which " + ShardIndex.FILE + " names, is not there; restore it, or prepare the data "
                            + "again.");
        }
        var shard = Shard.open(file);
        var shape = shard.shape();
        if (shape.tokens() != entry.tokens() || shape.documents() != entry.documents()
                || !String.format(Locale.ROOT, "%08x", shard.checksum()).equals(entry.checksum())
                || !shape.tokenizer().equals(tokenizer.sha256()) || shape.vocabSize() != tokenizer.vocabSize()) {
            throw new IllegalArgumentException(file + " is not the file that " + ShardIndex.FILE + " names: it is of another corpus.");
        }
        return shard;
    }

    @Override
    public long documents() {
        return firstDocument[shards.size()];
    }

    @Override
    public long tokens() {
        return firstToken[shards.size()];
    }

    @Override
    public long start(long document) {
        if (document == documents()) return tokens();
        var shard = holding(firstDocument, document);
        return firstToken[shard] + shards.get(shard).start(document - firstDocument[shard]);
    }

    @Override
    public void copy(long from, int count, int[] target, int at) {
        for (int done = 0; done < count;) {
            var shard = holding(firstToken, from + done);
            var here = (int) Math.min(count - done, firstToken[shard + 1] - (from + done));
            shards.get(shard).copy(from + done - firstToken[shard], here, target, at + done);
            done += here;
        }
    }

    /** Shards are few: a hundred of a hundred million tokens each are ten billion. */
    private static int holding(long[] first, long number) {
        var shard = 0;
        while (first[shard + 1] <= number) shard++;
        return shard;
    }

    @Override
    public long fingerprint() {
        var hash = 0L;
        for (var shard : shards) hash = shard.fingerprint(hash);
        return hash;
    }
}
