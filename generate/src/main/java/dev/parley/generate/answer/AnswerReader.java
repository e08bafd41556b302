package dev.parley.generate.answer;

import dev.parley.generate.strategy.Completion;
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

        /** More of its thoughts, which come before all else in most forms. */
        void onThought(String piece);
    }

    /** One of an answer to which no functions are offered. */
    public interface TextListener extends Listener {

        @Override
        default void onCall(int index, String name) {
            throw new IllegalStateException("There are no functions.");
        }

        @Override
        default void onArguments(int index, String piece) {
            throw new IllegalStateException("There are no functions.");
        }
    }

    private final AnswerForm form;
    private final Listener listener;
    private final Optional<ThoughtReader> thinking;
    private final Optional<ToolCallReader> calls;
    private final Optional<HarmonyReader> harmony; // reads all that the others read else
    private final List<Integer> ids = new ArrayList<>(); // of a model that thinks
    private int beforeAnswer; // characters of thoughts and their tags
    private boolean thought;

    /** The text of a whole answer, without its thoughts and calls. */
    public static String text(AnswerForm form, Completion completion) {
        var text = new StringBuilder();
        var reader = new AnswerReader(form, new Listener() {

            @Override
            public void onThought(String piece) {
                // is no text
            }

            @Override
            public void onText(String piece) {
                text.append(piece);
            }

            @Override
            public void onCall(int index, String name) {
                // is no text
            }

            @Override
            public void onArguments(int index, String piece) {
                // is no text
            }
        });
        reader.push(completion.ids(), completion.text());
        reader.finish(completion.finishReason());
        return text.toString();
    }

    /** Begins to read. */
    public AnswerReader(AnswerForm form, Listener listener) {
        this.form = form;
        this.listener = listener;
        harmony = form.isHarmony() ? Optional.of(new HarmonyReader(form.calls(), listener)) : Optional.empty();
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
        if (thinking.isEmpty() && harmony.isEmpty()) {
            onAnswer(more);
            return;
        }
        for (var id : newIds) ids.add(id);
        if (harmony.isPresent()) {
            harmony.get().push(more);
            return;
        }
        beforeAnswer += more.length();
        thinking.get().push(more);
    }

    /** It has ended. */
    public void finish(FinishReason reason) {
        harmony.ifPresent(messages -> messages.finish(reason != FinishReason.STOP));
        thinking.ifPresent(ThoughtReader::finish);
        calls.ifPresent(c -> c.finish(reason != FinishReason.STOP));
    }

    /** Tokens of thoughts, their marks counted. */
    public int thoughtTokens() {
        if (harmony.isPresent()) return harmonyThoughtTokens(harmony.get());
        if (!thought) return 0;
        var decoder = form.tokenizer().streamDecoder(Set.copyOf(form.shownTokens()));
        int tokens = 0, characters = 0;
        while (tokens < ids.size() && characters < beforeAnswer) characters += decoder.push(ids.get(tokens++)).length();
        return tokens;
    }

    private int harmonyThoughtTokens(HarmonyReader messages) {
        var decoder = form.tokenizer().streamDecoder(Set.copyOf(form.shownTokens()));
        int tokens = 0, characters = 0;
        for (var id : ids) {
            if (messages.isThought(characters)) tokens++;
            characters += decoder.push(id).length();
        }
        return tokens;
    }
}
