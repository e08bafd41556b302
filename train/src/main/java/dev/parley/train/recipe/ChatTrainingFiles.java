package dev.parley.train.recipe;

import dev.parley.data.Dataset;
import dev.parley.data.Packing;
import dev.parley.data.chat.Chat;
import dev.parley.data.chat.ChatFiles;
import dev.parley.data.chat.ChatRecord;
import dev.parley.data.chat.ChatRows;
import dev.parley.data.chat.RatedAnswer;
import dev.parley.data.text.BadLines;
import dev.parley.model.TrainingRow;
import dev.parley.tokenizer.ChatTemplate;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.tokenizer.TokenizerException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Files of conversations, pairs and the like, as rows to train on.
 *
 * @param length tokens of a row at most
 * @param notes hears what of the files is left out
 */
record ChatTrainingFiles(ChatSettings settings, Tokenizer tokenizer, int length, Consumer<String> notes) {

    private static final int SAMPLES = 3;

    /** Conversations as rows, several to a row. */
    Dataset packed(List<Path> files) throws IOException {
        return Dataset.of(Packing.pack(rows(files), length));
    }

    /** Conversations as rows, each on its own. */
    List<TrainingRow> rows(List<Path> files) throws IOException {
        var rows = chatRows();
        var all = all(files, Chat.class, rows::whole);
        var fitting = new ArrayList<TrainingRow>();
        int tooLong = 0, cut = 0, silent = 0;
        for (var row : all) {
            var isLong = row.length() > length;
            var fitted = rows.fitted(row);
            fitted.ifPresent(fitting::add);
            if (isLong && fitted.isPresent()) cut++;
            else if (isLong) tooLong++;
            else if (fitted.isEmpty()) silent++;
        }
        note(all.size(), tooLong, "are longer than " + length + " tokens and are left out (too_long: truncate keeps their beginnings)");
        note(all.size(), cut, "are longer than " + length + " tokens and are cut");
        note(all.size(), silent, "have nothing to learn in them and are left out");
        if (fitting.isEmpty()) throw new IllegalArgumentException(files + ": no conversation fits into " + length + " tokens.");
        return fitting;
    }

    ChatRows chatRows() {
        return settings.rows(tokenizer, tokenizer.chatTemplate().orElse(ChatTemplate.chatMl()), length);
    }

    private void note(int all, int count, String what) {
        if (count > 0) notes.accept(count + " of " + all + " conversations " + what + ".");
    }

    /**
     * What becomes of each record of a kind, in order.
     *
     * @param make what a record becomes; a template may refuse one, which is then a bad line
     */
    <T extends ChatRecord, R> List<R> all(List<Path> files, Class<T> kind, Function<T, R> make) throws IOException {
        return made(settings.files(files).only(kind), make);
    }

    /** What becomes of each answer that has a thumb, or is one of a pair, in order. */
    <R> List<R> thumbs(List<Path> files, Function<RatedAnswer, R> make) throws IOException {
        return made(settings.files(files).thumbs(), make);
    }

    private <T extends ChatRecord, R> List<R> made(ChatFiles.Found<T> found, Function<T, R> make) {
        var refused = new BadLines(settings.skipBad());
        var made = new ArrayList<R>();
        for (var placed : found.placed()) {
            try {
                made.add(make.apply(placed.content()));
            } catch (TokenizerException e) {
                refused.add(placed.place() + ": " + e.getMessage());
            }
        }
        found.others().forEach((format, count) -> notes.accept(count + " lines are not used here: they are " + format.records() + "."));
        var bad = found.bad().count() + refused.count();
        if (bad > 0) notes.accept(bad + " bad lines are left out.");
        found.bad().samples().stream().limit(SAMPLES).forEach(notes);
        refused.samples().stream().limit(SAMPLES).forEach(notes);
        return made;
    }
}
