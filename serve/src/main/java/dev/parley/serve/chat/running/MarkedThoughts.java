package dev.parley.serve.chat.running;

import dev.parley.generate.answer.AnswerForm;
import dev.parley.generate.answer.AnswerReader;
import dev.parley.generate.strategy.FinishReason;
import dev.parley.generate.thinking.ThinkingFormat;
import dev.parley.generate.thinking.ThoughtReader;

/**
 * Writes an answer as the web chat keeps it: in whatever form a model has its thoughts, here they stand before the answer in the same two
 * marks.
 */
final class MarkedThoughts implements AnswerReader.TextListener {

    private static final String OPEN = ThinkingFormat.THINK.open() + "\n", CLOSE = "\n" + ThinkingFormat.THINK.close() + "\n\n";

    private final AnswerReader reader;
    private final StringBuilder written = new StringBuilder(); // since the last time
    private boolean open;

    MarkedThoughts(AnswerForm form) {
        reader = new AnswerReader(form, this);
    }

    /** What more of the model's text adds to the answer. */
    String push(int[] ids, String text) {
        reader.push(ids, text);
        return take();
    }

    /** What the end adds. */
    String finish(FinishReason reason) {
        reader.finish(reason);
        return take();
    }

    private String take() {
        var taken = written.toString();
        written.setLength(0);
        return taken;
    }

    @Override
    public void onThought(String piece) {
        if (!open) written.append(OPEN);
        open = true;
        written.append(piece);
    }

    @Override
    public void onText(String piece) {
        if (open) written.append(CLOSE);
        open = false;
        written.append(piece);
    }

    /** An answer that is kept, without its thoughts. */
    static String without(String answer) {
        var text = new StringBuilder();
        var reader = new ThoughtReader(ThinkingFormat.THINK, false, ThoughtReader.Listener.of(_ -> {}, text::append));
        reader.push(answer);
        reader.finish();
        return text.toString();
    }
}
