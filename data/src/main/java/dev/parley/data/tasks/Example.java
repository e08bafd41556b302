package dev.parley.data.tasks;

/** A question and the right answer. */
public record Example(String prompt, String answer) {

    /** Both as a line of text, as pretraining reads them. */
    public String text() {
        return prompt + "\n" + answer;
    }
}
