package dev.parley.data.prepare;

import dev.parley.data.shards.ShardOptions;
import dev.parley.data.shards.ShardWriter;
import dev.parley.data.shards.Split;
import dev.parley.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes documents as shards of tokens. What looks like a special token in a text is text. */
public final class TokenFolder implements Destination {

    private final Path folder;
    private final Tokenizer tokenizer;
    private final ShardWriter shards;

    /**
     * Begins a folder of shards.
     *
     * @throws IllegalArgumentException if the folder holds shards already
     */
    public TokenFolder(Path folder, Tokenizer tokenizer, ShardOptions options) throws IOException {
        this.folder = folder;
        this.tokenizer = tokenizer;
        this.shards = ShardWriter.create(folder, tokenizer, options);
    }

    private record Tokens(int[] ids, long hash) {}

    @Override
    public Write ready(List<Kept> batch) {
        var documents = new ArrayList<Tokens>();
        for (var document : batch) documents.add(new Tokens(tokenizer.encode(document.text()), Split.hash(document.text())));
        return () -> {
            for (var document : documents) shards.add(document.ids(), document.hash());
        };
    }

    @Override
    public Path folder() {
        return folder;
    }

    @Override
    public Written written() {
        return new Written(shards.documents(Split.TRAIN), shards.documents(Split.VALIDATION), shards.tokens(Split.TRAIN),
                shards.tokens(Split.VALIDATION));
    }

    @Override
    public void finish() throws IOException {
        shards.finish();
    }

    @Override
    public void close() throws IOException {
        shards.close();
    }
}
