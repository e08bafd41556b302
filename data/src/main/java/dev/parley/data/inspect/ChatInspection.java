package dev.parley.data.inspect;

import dev.parley.data.chat.Chat;
import dev.parley.data.chat.ChatFiles;
import dev.parley.data.chat.ChatLine;
import dev.parley.data.chat.ChatRecord;
import dev.parley.data.chat.ChatRows;
import dev.parley.data.chat.PreferencePair;
import dev.parley.data.chat.PreferenceRows;
import dev.parley.data.chat.RatedAnswer;
import dev.parley.data.chat.VerifiablePrompt;
import dev.parley.data.inspect.SampleChoice.Chooser;
import dev.parley.model.TrainingRow;
import dev.parley.tokenizer.TokenizerException;
import java.io.IOException;

/**
 * Looks at what chat models learn from, line by line: conversations, pairs, rated answers, and prompts with an answer.
 *
 * @param rows how conversations become rows
 */
public record ChatInspection(ChatRows rows) {

    /**
     * Reads all lines of files, the bad ones among them.
     *
     * @param choice which lines are shown; of a pair, both answers are
     * @throws IOException if a file cannot be read
     */
    public Inspection read(ChatFiles files, SampleChoice choice) throws IOException {
        var counter = new FigureCounter(rows.length());
        var chooser = choice.chooser();
        files.skippingBad().read(line -> {
            switch (line) {
                case ChatLine.Bad bad -> counter.bad(bad.toString());
                case ChatLine.Good good -> {
                    try {
                        add(good, counter, chooser);
                    } catch (TokenizerException e) {
                        counter.bad(good.place() + ": " + e.getMessage());
                    }
                }
            }
        });
        return new Inspection(counter.figures(), chooser.chosen());
    }

    private void add(ChatLine.Good line, FigureCounter counter, Chooser chooser) {
        var judged = new PreferenceRows(rows);
        ChatRecord content = line.content();
        var title = line.place() + ", ";
        switch (content) {
            case Chat chat -> offer(title + line.format().label(), rows.whole(chat), true, counter, chooser);
            case PreferencePair pair -> {
                var chosen = judged.whole(pair.prompt(), pair.chosen());
                var rejected = judged.whole(pair.prompt(), pair.rejected());
                offer(title + "chosen", chosen, true, counter, chooser);
                offer(title + "rejected", rejected, true, counter, chooser);
            }
            case RatedAnswer rated -> offer(title + (rated.good() ? "good" : "bad"), judged.whole(rated.prompt(), rated.answer()), true,
                    counter, chooser);
            case VerifiablePrompt prompt -> offer(title + "answer " + prompt.answer(), unlearned(judged.prompt(prompt.prompt())), false,
                    counter, chooser);
        }
        counter.line(line.format().label(), content.conversation().messages().size(), content.toString());
    }

    private static TrainingRow unlearned(int[] ids) {
        var labels = new int[ids.length];
        java.util.Arrays.fill(labels, TrainingRow.IGNORED);
        return TrainingRow.of(ids, labels);
    }

    private static void offer(String title, TrainingRow row, boolean learns, FigureCounter counter, Chooser chooser) {
        counter.row(row, learns);
        chooser.offer(() -> new Sample(title, row));
    }
}
