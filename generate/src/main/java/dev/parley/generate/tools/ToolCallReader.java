package dev.parley.generate.tools;

import java.util.Collection;
import java.util.List;

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
        TEXT, CALLS, REST
    }

    private final ToolFormat format;
    private final Collection<Tool> tools;
    private final List<String> markers;
    private final boolean several;
    private final List<String> unshown;
    private final Listener listener;
    private final StringBuilder held = new StringBuilder(); // not shown yet
    private final StringBuilder arguments = new StringBuilder(); // not told yet
    private State state;
    private CallScanner scanner;
    private int calls; // begun
    private boolean told; // whether the call that is being read is known to the listener
    private boolean readCall; // whether the scanner has read one

    /**
     * @param tools that there are
     * @param several whether the answer may have several calls; what follows the first is dropped otherwise
     * @param unshown names of special tokens, which are no text where they are no part of a call either
     */
    public ToolCallReader(ToolFormat format, Collection<Tool> tools, boolean several, Collection<String> unshown, Listener listener) {
        this.format = format;
        this.tools = tools;
        this.several = several;
        this.unshown = List.copyOf(unshown);
        this.listener = listener;
        markers = format.markers();
        state = markers.isEmpty() ? State.CALLS : State.TEXT;
        scanner = newScanner();
    }

    private CallScanner newScanner() {
        readCall = false;
        return format.scanner(tools, new CallScanner.Sink() {

            @Override
            public void onName(String name) {
                told = true;
                listener.onCall(calls++, name);
            }

            @Override
            public void onArguments(String json) {
                arguments.append(json);
            }

            @Override
            public void onEnd() {
                tellArguments();
                told = false;
                readCall = true;
                held.setLength(0);
                if (!several) state = State.REST;
            }
        });
    }

    /** Whether there is a call. */
    public boolean hasCalls() {
        return calls > 0;
    }

    /** More of the answer. */
    public void push(String text) {
        for (int i = 0; i < text.length(); i++) take(text.charAt(i));
        if (state == State.TEXT) showText();
        tellArguments();
    }

    /**
     * The answer has ended.
     *
     * @param cutOff whether more was to come: then the beginning of a call is no text
     */
    public void finish(boolean cutOff) {
        var blank = held.toString().isBlank();
        if (state == State.TEXT && !(hasCalls() && blank)) showAll();
        else if (state == State.CALLS && !blank && !told && !readCall && !cutOff) showAll();
        held.setLength(0);
        state = State.REST;
    }

    private void take(char c) {
        if (state == State.REST) return;
        held.append(c);
        if (state == State.CALLS) {
            scan(c);
            return;
        }
        for (var marker : markers) {
            if (endsWith(marker)) {
                beginCalls(marker);
                return;
            }
        }
    }

    private boolean endsWith(String end) {
        return held.length() >= end.length() && held.indexOf(end, held.length() - end.length()) >= 0;
    }

    /** The text before a call is complete; white space between both is a matter of form, unless it turns out to be none. */
    private void beginCalls(String marker) {
        var text = held.substring(0, held.length() - marker.length()).stripTrailing();
        tellText(text);
        held.delete(0, text.length());
        state = State.CALLS;
        scanner = newScanner();
        for (int i = 0; i < marker.length() && state == State.CALLS; i++) scan(marker.charAt(i));
    }

    private void scan(char c) {
        switch (scanner.push(c)) {
            case OPEN -> {
                // goes on
            }
            case OVER -> {
                held.setLength(0);
                if (state == State.CALLS) state = State.TEXT;
            }
            case NO_CALL -> {
                tellArguments();
                state = told ? State.REST : State.TEXT; // a client that has the beginning of a call cannot take it for text
            }
        }
    }

    private void tellArguments() {
        if (arguments.isEmpty()) return;
        listener.onArguments(calls - 1, arguments.toString());
        arguments.setLength(0);
    }

    /** Shows what cannot be the beginning of a call any more, nor white space before one. */
    private void showText() {
        var sure = held.length() - beginning();
        while (!markers.isEmpty() && sure > 0 && Character.isWhitespace(held.charAt(sure - 1))) sure--;
        tellText(held.substring(0, sure));
        held.delete(0, sure);
    }

    /** How many of the last characters may begin a marker. */
    private int beginning() {
        var longest = 0;
        for (var marker : markers) {
            for (int n = Math.min(marker.length() - 1, held.length()); n > longest; n--) {
                if (endsWith(marker.substring(0, n))) longest = n;
            }
        }
        return longest;
    }

    private void showAll() {
        tellText(held.toString());
        held.setLength(0);
    }

    private void tellText(String text) {
        var shown = text;
        for (var name : unshown) shown = shown.replace(name, "");
        if (!shown.isEmpty()) listener.onText(shown);
    }
}
