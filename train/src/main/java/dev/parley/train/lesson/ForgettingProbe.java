package dev.parley.train.lesson;

import dev.parley.data.chat.Chat;
import dev.parley.data.chat.PreferenceRows;
import dev.parley.model.TrainingBatch;
import dev.parley.model.TrainingRow;
import dev.parley.tokenizer.Message;
import dev.parley.tokenizer.Tokenizer;
import dev.parley.torch.TrainableLM;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Tells whether a model has lost what it knew: the mean probability, in percent, that it gives to the right next token of plain questions'
 * answers and of plain texts, in English and Chinese, which no lesson learns. A mean of probabilities, unlike a count of right
 * answers, also moves smoothly in a model that knows little. It compares a model with itself; of two models it says next to nothing.
 */
final class ForgettingProbe {

    private static final String FILE = "probe.txt";
    private static final int ROWS_TOGETHER = 8;

    private final List<TrainingRow> rows;

    private ForgettingProbe(List<TrainingRow> rows) {
        this.rows = rows;
    }

    /** As a tokenizer and a chat template write it. @param length tokens of a row at most */
    static ForgettingProbe of(PreferenceRows chats, Tokenizer tokenizer, int length) {
        var rows = new ArrayList<TrainingRow>();
        var question = "";
        for (var line : LessonTexts.lines(FILE)) {
            var text = line.substring(1).strip();
            switch (line.charAt(0)) {
                case '?' -> question = text;
                case '=' -> {
                    var chat = Chat.of(List.of(Message.user(question)));
                    rows.add(chats.whole(chat, Chat.of(List.of(Message.assistant(text))).messages()));
                }
                default -> rows.add(TrainingRow.of(tokenizer.encodeForModel(line)));
            }
        }
        // Rows of a pass are padded to its longest.
        return new ForgettingProbe(rows.stream().filter(row -> row.length() <= length && row.targets() > 0)
                .sorted(Comparator.comparingInt(TrainingRow::length)).toList());
    }

    /** In percent. */
    double measure(TrainableLM model) {
        var sum = 0.0;
        var count = 0;
        for (int start = 0; start < rows.size(); start += ROWS_TOGETHER) {
            var batch = rows.subList(start, Math.min(rows.size(), start + ROWS_TOGETHER));
            for (var logprob : model.targetLogprobs(TrainingBatch.of(batch))) {
                sum += Math.exp(logprob);
                count++;
            }
        }
        return count == 0 ? 0 : 100 * sum / count;
    }
}
