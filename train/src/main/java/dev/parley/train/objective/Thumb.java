package dev.parley.train.objective;

import dev.parley.model.TrainingExample;
import dev.parley.model.TrainingRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An answer with a thumb, as {@link Kto} learns it.
 *
 * @param answer its prompt is read, itself is the target
 * @param mismatched the same prompt with the answer to another one
 */
public record Thumb(TrainingRow answer, TrainingRow mismatched, boolean good) implements TrainingExample {

    @Override
    public List<TrainingRow> rows() {
        return List.of(answer, mismatched);
    }

    /** A thumb turned round is another example. */
    @Override
    public int mark() {
        return good ? 1 : 2;
    }

    /**
     * Answers and their thumbs, each with the answer to the next prompt that is another.
     *
     * @param longest tokens of a row; a mismatched answer is cut there
     * @throws IllegalArgumentException if all have the same prompt
     */
    public static List<Thumb> of(List<TrainingRow> answers, List<Boolean> good, int longest) {
        var thumbs = new ArrayList<Thumb>();
        for (int i = 0; i < answers.size(); i++) {
            var other = i;
            do {
                other = (other + 1) % answers.size();
                if (other == i) throw new IllegalArgumentException("All thumbs are for answers to one prompt; kto needs two prompts.");
            } while (Arrays.equals(prompt(answers.get(i)), prompt(answers.get(other))));
            thumbs.add(new Thumb(answers.get(i), joined(prompt(answers.get(i)), answers.get(other), longest), good.get(i)));
        }
        return thumbs;
    }

    /** Whether both answer the same. */
    boolean hasPromptOf(Thumb other) {
        return Arrays.equals(prompt(answer), prompt(other.answer));
    }

    private static int promptLength(TrainingRow row) {
        var length = 0;
        while (length < row.length() && row.labels()[length] == TrainingRow.IGNORED) length++;
        return length;
    }

    private static int[] prompt(TrainingRow row) {
        return Arrays.copyOf(row.inputIds(), promptLength(row));
    }

    private static TrainingRow joined(int[] prompt, TrainingRow other, int longest) {
        var from = promptLength(other);
        var length = Math.min(longest, prompt.length + other.length() - from);
        var ids = Arrays.copyOf(prompt, length);
        var labels = new int[length];
        Arrays.fill(labels, TrainingRow.IGNORED);
        for (int i = prompt.length; i < length; i++) {
            ids[i] = other.inputIds()[from + i - prompt.length];
            labels[i] = other.labels()[from + i - prompt.length];
        }
        return TrainingRow.of(ids, labels);
    }
}
