package dev.parley.generate.tools;

import java.util.Set;
import java.util.function.Predicate;

/**
 * Tells the calls of functions in an answer from its text while it grows. Nothing of how a call is written is shown as text: what
 * may be the beginning of one waits until that is known. What only looked like one is text after all.
 */
public final class ToolCallReader {

    /** Is told what the answer says. */
    public interface Listener {

        /** More of what the answer says outside of calls. */
        void onText(String text);

        /**
         * A call has begun.
         *
         * @param index of it, from 0
         */
        void onCall(int index, String name);

        /** More of a call's arguments, as JSON. All pieces together are what the model wrote. */
        void onArguments(int index, String piece);
    }

    private enum State {
        TEXT, BEFORE_CALL, CALL, AFTER_CALL, REST
    }

    private final ToolFormat format;
    private final Predicate<String> isName;
    private final boolean several;
    private final Listener listener;
    private final StringBuilder held = new StringBuilder(); // not shown yet
    private State state;
    private CallScanner scanner;
    private int calls; // begun
    private int taken; // characters
    private int openAt = -1; // the character with which calls begin
    private boolean told; // whether the call that is being read is known to the listener

    /**
     * @param names of the functions there are
     * @param several whether the answer may have several calls; what follows the first is dropped otherwise
     * @param opened whether the answer is within the calls from its beginning
     */
    public ToolCallReader(ToolFormat format, Set<String> names, boolean several, boolean opened, Listener listener) {
        this.format = format;
        this.several = several;
        this.listener = listener;
        // Without a marker the name alone tells a call from an answer that is JSON. With one, a function that there is not is the
        // model's mistake, of which the client can tell it.
        isName = format.marker().isEmpty() ? names::contains : name -> !name.isBlank();
        state = opened || format.marker().isEmpty() ? State.BEFORE_CALL : State.TEXT;
        scanner = new CallScanner(isName);
    }

    /** Whether there is a call. */
    public boolean hasCalls() {
        return calls > 0;
    }

    /** More of the answer. */
    public void push(String text) {
        for (int i = 0; i < text.length(); i++) take(text.charAt(i));
        if (state == State.TEXT) showText();
        if (state == State.CALL) tellArguments();
    }

    /** Calls begin after so many characters of the answer: the model has said so by a token that is no text. */
    public void openAfter(int characters) {
        openAt = characters;
    }

    /**
     * The answer has ended.
     *
     * @param cutOff whether more was to come: then the beginning of a call is no text
     */
    public void finish(boolean cutOff) {
        var beginsCall = state == State.CALL || state == State.BEFORE_CALL && !held.toString().isBlank();
        if (state == State.TEXT && !(hasCalls() && held.toString().isBlank())) showAll();
        else if (beginsCall && !told && !cutOff) showAll();
        held.setLength(0);
        state = State.REST;
    }

    private void take(char c) {
        if (state == State.REST) return;
        if (taken++ == openAt && state == State.TEXT) beginCalls("");
        held.append(c);
        switch (state) {
            case TEXT -> {
                if (!format.marker().isEmpty() && endsWith(format.marker())) beginCalls(format.marker());
            }
            case BEFORE_CALL -> beforeCall(c);
            case CALL -> inCall(c);
            default -> afterCall(c);
        }
    }

    private boolean endsWith(String end) {
        return held.length() >= end.length() && held.indexOf(end, held.length() - end.length()) >= 0;
    }

    /** The text before a call is complete; white space between both is a matter of form. */
    private void beginCalls(String marker) {
        var text = held.substring(0, held.length() - marker.length()).stripTrailing();
        if (!text.isEmpty()) listener.onText(text);
        held.setLength(0);
        held.append(marker);
        state = State.BEFORE_CALL;
    }

    private void beforeCall(char c) {
        if (c == '{') {
            scanner = new CallScanner(isName);
            told = false;
            state = State.CALL;
            inCall(c);
        } else if (!format.isFiller(c)) {
            state = State.TEXT; // it was no call
        }
    }

    private void inCall(char c) {
        var found = scanner.push(c);
        if (!told && scanner.isCall()) {
            listener.onCall(calls++, scanner.name().orElseThrow());
            told = true;
        }
        switch (found) {
            case COMPLETE -> {
                tellArguments();
                held.setLength(0);
                state = several ? State.AFTER_CALL : State.REST;
            }
            case NO_CALL -> {
                tellArguments();
                state = told ? State.REST : State.TEXT; // a client that has the beginning of a call cannot take it for text
            }
            case OPEN -> {
                // goes on
            }
        }
    }

    private void tellArguments() {
        if (!told) return;
        var arguments = scanner.takeArguments();
        if (!arguments.isEmpty()) listener.onArguments(calls - 1, arguments);
    }

    private void afterCall(char c) {
        var closer = format.closer();
        var seen = held.toString().stripLeading();
        if (!closer.isEmpty() && seen.equals(closer)) {
            held.setLength(0);
            state = State.TEXT;
        } else if (c == '{' && format != ToolFormat.HERMES
                && seen.chars().limit(seen.length() - 1L).allMatch(x -> format.isFiller((char) x))) {
                    held.setLength(0);
                    held.append(c);
                    beforeCall(c);
                } else
            if (!closer.startsWith(seen) && !seen.chars().allMatch(x -> format.isFiller((char) x))) {
                state = State.TEXT;
            }
    }

    /** Shows what cannot be the beginning of a call any more, nor white space before one. */
    private void showText() {
        var sure = held.length();
        if (!format.marker().isEmpty()) {
            for (int n = Math.min(format.marker().length() - 1, held.length()); n > 0; n--) {
                if (endsWith(format.marker().substring(0, n))) {
                    sure = held.length() - n;
                    break;
                }
            }
            while (sure > 0 && Character.isWhitespace(held.charAt(sure - 1))) sure--;
        }
        if (sure > 0) listener.onText(held.substring(0, sure));
        held.delete(0, sure);
    }

    private void showAll() {
        if (!held.isEmpty()) listener.onText(held.toString());
        held.setLength(0);
    }
}
