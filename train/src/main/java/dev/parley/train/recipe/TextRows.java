package dev.parley.train.recipe;

import dev.parley.data.Dataset;
import dev.parley.data.TextFiles;
import dev.parley.data.shards.Boundaries;
import dev.parley.data.shards.ContiguousBlocks;
import dev.parley.data.shards.PackedDocuments;
import dev.parley.data.shards.Shards;
import dev.parley.data.shards.Split;
import dev.parley.data.shards.TokenCorpus;
import dev.parley.data.shards.TokensInMemory;
import dev.parley.tensor.Engine;
import dev.parley.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The texts of a recipe as rows to train and to evaluate on: a folder of token shards, or files that become tokens now.
 *
 * @param length tokens of a row at most
 * @param documentMask whether documents of a {@code wrapped} row keep apart
 * @param validation part of the training texts that is evaluated on: by a hash of each document, or, of one stream, its end
 */
record TextRows(Tokenizer tokenizer, int length, PackingStrategy packing, boolean documentMask, double validation) {

    /** What there is to train on, and to evaluate on if a part is kept apart. */
    RecipeRows rows(List<Path> files) throws IOException {
        if (isShards(files)) {
            var folder = files.getFirst();
            var eval = Shards.has(folder, Split.VALIDATION) ? Optional.of(evaluated(Shards.open(folder, Split.VALIDATION, tokenizer)))
                    : Optional.<Dataset>empty();
            return new RecipeRows(trained(Shards.open(folder, Split.TRAIN, tokenizer)), eval);
        }
        return packing == PackingStrategy.WRAPPED ? ofStream(files) : ofDocuments(files);
    }

    /** What {@code eval_files} name; of shards their validation split, or all if they have none. */
    Dataset evaluation(List<Path> files) throws IOException {
        if (!isShards(files)) return evaluated(inMemory(texts(files)));
        var folder = files.getFirst();
        return evaluated(Shards.open(folder, Shards.has(folder, Split.VALIDATION) ? Split.VALIDATION : Split.TRAIN, tokenizer));
    }

    private static boolean isShards(List<Path> files) {
        var folders = files.stream().filter(Shards::areIn).toList();
        if (!folders.isEmpty() && files.size() > 1) {
            throw new IllegalArgumentException(
                    folders.getFirst() + " holds token shards, which are not mixed with other files; name it alone.");
        }
        return !folders.isEmpty();
    }

    private RecipeRows ofStream(List<Path> files) throws IOException {
        var stream = inMemory(texts(files));
        if (validation == 0) return new RecipeRows(trained(stream), Optional.empty());
        var end = (long) (stream.tokens() * (1 - validation));
        return new RecipeRows(trained(stream.part(end, true)), Optional.of(evaluated(stream.part(end, false))));
    }

    private RecipeRows ofDocuments(List<Path> files) throws IOException {
        var texts = texts(files);
        var eval = texts.stream().filter(text -> Split.of(Split.hash(text), validation) == Split.VALIDATION).toList();
        var train = texts.stream().filter(text -> Split.of(Split.hash(text), validation) == Split.TRAIN).toList();
        return new RecipeRows(trained(inMemory(train)), eval.isEmpty() ? Optional.empty() : Optional.of(evaluated(inMemory(eval))));
    }

    private List<String> texts(List<Path> files) throws IOException {
        return packing == PackingStrategy.WRAPPED ? TextFiles.wholeFiles(files) : TextFiles.documents(files);
    }

    private TokensInMemory inMemory(List<String> texts) {
        return TokensInMemory.of(tokenizer.encodeAll(texts, Engine.threads()));
    }

    private Dataset trained(TokenCorpus corpus) {
        return packing == PackingStrategy.WRAPPED ? blocks(corpus).movingCuts() : packed(corpus);
    }

    private Dataset evaluated(TokenCorpus corpus) {
        return packing == PackingStrategy.WRAPPED ? blocks(corpus) : packed(corpus);
    }

    private ContiguousBlocks blocks(TokenCorpus corpus) {
        var blocks = ContiguousBlocks.of(corpus, Boundaries.of(tokenizer), length);
        return documentMask ? blocks.withDocumentMask() : blocks;
    }

    private Dataset packed(TokenCorpus corpus) {
        return PackedDocuments.of(corpus, Boundaries.of(tokenizer), length);
    }
}
