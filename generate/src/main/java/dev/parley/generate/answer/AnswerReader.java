package dev.parley.generate.answer;

import dev.parley.generate.strategy.FinishReason;
import dev.parley.generate.thinking.ThoughtReader;
import dev.parley.generate.tools.ToolCallReader;
import dev.parley.tokenizer.AddedToken;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Tells thoughts, text and calls in one answer apart while it grows. */
public final class AnswerReader {

    /** Is told what the model writes. */
    public interface Listener extends ToolCallReader.Listener {

        /** More of its thoughts, which come before all else. */
        void onThought(String piece);
    }

    private final AnswerForm form;
    private final Listener listener;
    private final Optional<ThoughtReader> thinking;
    private final Optional<ToolCallReader> calls;
    private final List<Integer> ids = new ArrayList<>(); // of a model that thinks
    private int beforeAnswer; // characters of thoughts and their tags
    private boolean thought;

    /** Begins to read. */
    public AnswerReader(AnswerForm form, Listener listener) {
        this.form = form;
        this.listener = listener;
        calls = form.calls().map(c -> new ToolCallReader(form.format(), c.tools(), c.several(),
                form.format().specialTokens(form.tokenizer()).stream().map(AddedToken::content).toList(), listener));
        thinking = form.thinking().map(t -> new ThoughtReader(t.format(), t.opened(), ThoughtReader.Listener.of(this::onThought, piece -> {
            beforeAnswer -= piece.length();
            onAnswer(piece);
        })));
    }

    private void onThought(String piece) {
        thought = true;
        listener.onThought(piece);
    }

    private void onAnswer(String piece) {
        if (calls.isPresent()) calls.get().push(piece);
        else if (!piece.isEmpty()) listener.onText(piece);
    }

    /**
     * More of the answer.
     *
     * @param newIds its tokens, whose text may come later
     */
    public void push(int[] newIds, String more) {
        if (thinking.isEmpty()) {
            onAnswer(more);
            return;
        }
        for (var id : newIds) ids.add(id);
        beforeAnswer += more.length();
        thinking.get().push(more);
    }

    /** It has ended. */
    public void finish(FinishReason reason) {
        thinking.ifPresent(ThoughtReader::finish);
        calls.ifPresent(c -> c.finish(reason != FinishReason.STOP));
    }

    /** Tokens whose text stands before the answer's. */
    public int thoughtTokens() {
        if (!thought) return 0;
        var decoder = form.tokenizer().streamDecoder(Set.copyOf(form.shownTokens()));
        int tokens = 0, characters = 0;
        while (tokens < ids.size() && characters < beforeAnswer) characters += decoder.push(ids.get(tokens++)).length();
        return tokens;
    }
}
