package dev.parley.generate.answer;

import static dev.parley.generate.tools.HarmonyFormat.CALL;
import static dev.parley.generate.tools.HarmonyFormat.END;
import static dev.parley.generate.tools.HarmonyFormat.RETURN;
import static dev.parley.generate.tools.HarmonyFormat.START;

import dev.parley.generate.tools.HarmonyFormat;
import dev.parley.generate.tools.ToolCallReader;
import dev.parley.generate.tools.ToolFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Tells thoughts, text and calls apart in messages of harmony, of which an answer has one after the other: each has a header that names a
 * channel and perhaps a recipient. What may be the beginning of a mark waits until that is known.
 */
final class HarmonyReader {

    /** A header, the first of an answer without its role, which stands in the prompt. */
    private static final Pattern HEADER = Pattern.compile("\\s*(?:<\\|start\\|>(?<role>[\\w.-]*))?\\s*(?:to=[^\\s<]+\\s*)?"
            + "(?:<\\|(?:channel|constrain)\\|>[^<]*)*<\\|message\\|>");
    private static final Pattern THOUGHTS = Pattern.compile("<\\|channel\\|>\\s*analysis\\b");
    private static final int LONGEST_HEADER = 1000;
    private static final List<String> ENDS = List.of(END, CALL, RETURN, START);

    private enum State {
        HEADER, THOUGHT, TEXT, CALL, REST
    }

    private final Optional<AnswerForm.Calls> calls;
    private final AnswerReader.Listener listener;
    private final StringBuilder held = new StringBuilder(); // not told yet
    private final List<Integer> borders = new ArrayList<>(); // characters where thoughts begin and end, in turn
    private State state = State.HEADER;
    private Optional<String> function = Optional.empty(); // that the message calls
    private Optional<ToolCallReader> call = Optional.empty();
    private int taken; // characters, those held among them

    HarmonyReader(Optional<AnswerForm.Calls> calls, AnswerReader.Listener listener) {
        this.calls = calls;
        this.listener = listener;
    }

    /** More of the answer. */
    void push(String text) {
        held.append(text);
        taken += text.length();
        State before;
        int length;
        do {
            before = state;
            length = held.length();
            switch (state) {
                case HEADER -> header();
                case THOUGHT, TEXT -> content();
                case CALL -> call();
                case REST -> held.setLength(0);
            }
        } while (state != before || held.length() != length && !held.isEmpty());
    }

    /** Nothing more comes: what waited is told. @param cutOff whether more was to come: then the beginning of a header is no text */
    void finish(boolean cutOff) {
        if (state == State.THOUGHT || state == State.TEXT) tell(held.toString());
        else if (state == State.HEADER && !cutOff && !held.toString().isBlank()) tell(held.toString());
        else if (state == State.CALL && call.isEmpty() && !cutOff) callWith("{}");
        call.ifPresent(reader -> reader.finish(cutOff));
        closeThoughts();
        held.setLength(0);
        state = State.REST;
    }

    private int position() {
        return taken - held.length();
    }

    private void header() {
        var matcher = HEADER.matcher(held);
        if (matcher.lookingAt()) {
            begin(matcher.group(), Optional.ofNullable(matcher.group("role")));
            return;
        }
        if (matcher.hitEnd() && held.length() < LONGEST_HEADER) return;
        closeThoughts();
        state = State.TEXT; // it was none
    }

    /** A message of another than the assistant is made up, and nothing that it says. */
    private void begin(String header, Optional<String> role) {
        var thinks = THOUGHTS.matcher(header).find();
        function = calls.flatMap(_ -> HarmonyFormat.recipient(header));
        if (role.isPresent() && !role.get().equals("assistant")) state = State.REST;
        else state = function.isPresent() ? State.CALL : thinks ? State.THOUGHT : State.TEXT;
        if (state != State.THOUGHT) closeThoughts();
        else if (borders.size() % 2 == 0) borders.add(position());
        held.delete(0, header.length());
    }

    private void content() {
        var end = -1;
        for (var mark : ENDS) {
            var at = held.indexOf(mark);
            if (at >= 0 && (end < 0 || at < end)) end = at;
        }
        if (end < 0) {
            var sure = held.length() - beginning();
            tell(held.substring(0, sure));
            held.delete(0, sure);
            return;
        }
        tell(held.substring(0, end));
        held.delete(0, end);
        if (held.indexOf(START) == 0) state = State.HEADER; // the end was left out
        else {
            state = held.indexOf(END) == 0 ? State.HEADER : State.REST;
            held.delete(0, (held.indexOf(END) == 0 ? END : held.indexOf(CALL) == 0 ? CALL : RETURN).length());
        }
    }

    /** How many of the last characters may begin the end of a message. */
    private int beginning() {
        var longest = 0;
        for (var mark : ENDS) {
            for (int n = Math.min(mark.length() - 1, held.length()); n > longest; n--) {
                if (mark.startsWith(held.substring(held.length() - n))) longest = n;
            }
        }
        return longest;
    }

    /** The content of a call is an object of JSON; else it is text. */
    private void call() {
        if (call.isPresent()) {
            call.get().push(held.toString());
            held.setLength(0);
            return;
        }
        held.delete(0, held.length() - held.toString().stripLeading().length());
        if (held.isEmpty() || beginning() == held.length()) return;
        if (held.charAt(0) == '{') {
            callWith(held.toString());
            held.setLength(0);
        } else if (ENDS.stream().noneMatch(mark -> held.indexOf(mark) == 0)) state = State.TEXT;
        else {
            callWith("{}");
            state = State.REST;
        }
    }

    private void callWith(String arguments) {
        var tools = calls.orElseThrow().tools();
        call = Optional.of(new ToolCallReader(ToolFormat.HARMONY, tools, false, List.of(), listener));
        call.get().push(ToolFormat.HARMONY.header(function.orElseThrow()) + arguments);
    }

    private void tell(String text) {
        if (text.isEmpty()) return;
        if (state == State.THOUGHT) listener.onThought(text);
        else listener.onText(text);
    }

    private void closeThoughts() {
        if (borders.size() % 2 == 1) borders.add(position());
    }

    /** Whether a character of the answer is within thoughts, their headers and ends. */
    boolean isThought(int character) {
        for (int i = 0; i < borders.size(); i += 2) {
            if (character >= borders.get(i) && (i + 1 == borders.size() || character < borders.get(i + 1))) return true;
        }
        return false;
    }
}
