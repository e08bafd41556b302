package dev.parley.generate.thinking;

import java.util.function.Consumer;

/**
 * Tells thoughts from the answer while a text grows. Thoughts stand at its beginning: the same tags later are text, such as an answer that
 * explains them. What may be the beginning of a tag waits until that is known; white space beside a tag is a matter of form.
 */
public final class ThoughtReader {

    /** Is told what the model writes. */
    public interface Listener {

        /** More of its thoughts. */
        void onThought(String piece);

        /** More of its answer. */
        void onAnswer(String piece);

        /** One that passes each on. */
        static Listener of(Consumer<String> thoughts, Consumer<String> answer) {
            return new Listener() {

                @Override
                public void onThought(String piece) {
                    thoughts.accept(piece);
                }

                @Override
                public void onAnswer(String piece) {
                    answer.accept(piece);
                }
            };
        }
    }

    private enum State {
        BEFORE, THOUGHT, AFTER, ANSWER
    }

    private final ThinkingFormat format;
    private final Listener listener;
    private final StringBuilder held = new StringBuilder(); // not told yet
    private State state;
    private boolean thoughtTold;

    /** @param opened whether the text begins within thoughts, because the prompt has opened them */
    public ThoughtReader(ThinkingFormat format, boolean opened, Listener listener) {
        this.format = format;
        this.listener = listener;
        state = opened ? State.THOUGHT : State.BEFORE;
    }

    /** More of the text. */
    public void push(String piece) {
        held.append(piece);
        State before;
        do {
            before = state;
            switch (state) {
                case BEFORE -> before();
                case THOUGHT -> thought();
                case AFTER -> after();
                case ANSWER -> answer();
            }
        } while (state != before);
    }

    /** Nothing more comes: what waited is told. */
    public void finish() {
        if (state == State.THOUGHT) {
            tellThought(held.toString().stripTrailing());
        } else if (state == State.ANSWER || state == State.BEFORE) {
            answer();
        }
        held.setLength(0);
    }

    /** White space, and then the tag or something else. */
    private void before() {
        var text = held.toString().stripLeading();
        if (text.startsWith(format.open())) {
            held.setLength(0);
            held.append(text, format.open().length(), text.length());
            state = State.THOUGHT;
        } else if (!text.isEmpty() && !format.open().startsWith(text)) {
            state = State.ANSWER;
        }
    }

    private void thought() {
        var close = held.indexOf(format.close());
        if (close >= 0) {
            tellThought(held.substring(0, close).stripTrailing());
            held.delete(0, close + format.close().length());
            state = State.AFTER;
            return;
        }
        // What may be the beginning of the tag waits, and so does white space that may stand before it.
        var sure = held.length() - overlap();
        while (sure > 0 && Character.isWhitespace(held.charAt(sure - 1))) sure--;
        tellThought(held.substring(0, sure));
        held.delete(0, sure);
    }

    /** How many of the last characters are the beginning of the closing tag. */
    private int overlap() {
        for (int n = Math.min(held.length(), format.close().length() - 1); n > 0; n--) {
            if (format.close().startsWith(held.substring(held.length() - n))) return n;
        }
        return 0;
    }

    private void tellThought(String piece) {
        var text = thoughtTold ? piece : piece.stripLeading();
        if (text.isEmpty()) return;
        thoughtTold = true;
        listener.onThought(text);
    }

    private void after() {
        var text = held.toString().stripLeading();
        held.setLength(0);
        if (text.isEmpty()) return;
        held.append(text);
        state = State.ANSWER;
    }

    private void answer() {
        if (!held.isEmpty()) listener.onAnswer(held.toString());
        held.setLength(0);
    }
}
