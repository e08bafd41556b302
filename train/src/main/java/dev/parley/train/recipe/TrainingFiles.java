package dev.parley.train.recipe;

import dev.parley.data.Dataset;
import dev.parley.data.Packing;
import dev.parley.data.TextFiles;
import dev.parley.model.TrainingRow;
import dev.parley.tensor.Engine;
import dev.parley.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * The files of a recipe as rows to train on.
 *
 * @param chats how conversations are read
 * @param length tokens of a row at most
 * @param notes hears what of the files is left out
 */
record TrainingFiles(Recipe.Stage stage, ChatSettings chats, Tokenizer tokenizer, int length, Consumer<String> notes) {

    Dataset dataset(List<Path> files) throws IOException {
        return Dataset.of(Packing.pack(stage == Recipe.Stage.SFT ? new ChatTrainingFiles(chats, tokenizer, length, notes).rows(files) : texts(files), length));
    }

    private List<TrainingRow> texts(List<Path> files) throws IOException {
        var end = tokenizer.eosTokenId().orElse(0);
        var begin = tokenizer.bosTokenId().orElse(end);
        return tokenizer.encodeAll(TextFiles.documents(files), Engine.threads()).stream().map(ids -> TrainingRow.document(begin, ids, end))
                .toList();
    }

}
