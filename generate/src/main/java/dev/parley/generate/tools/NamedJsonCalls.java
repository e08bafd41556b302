package dev.parley.generate.tools;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Calls whose name stands before an object of JSON with the arguments. */
final class NamedJsonCalls implements CallScanner {

    private static final int LONGEST_HEAD = 400; // characters of marks, name and id

    /**
     * What stands around names and arguments.
     *
     * @param name finds the name in what stands before the arguments, marks included; empty where there is none
     * @param begins what may begin another call after one
     * @param ends what may stand after a call, beside white space
     * @param over of these, what ends the calls; may be empty
     */
    record Frame(Function<String, Optional<String>> name, List<String> begins, List<String> ends, String over) {}

    private enum Part {
        HEAD, ARGUMENTS, AFTER
    }

    private final Frame frame;
    private final Sink sink;
    private final StringBuilder seen = new StringBuilder(); // before the arguments, or after them
    private Part part = Part.HEAD;
    private JsonEnd end = new JsonEnd();

    NamedJsonCalls(Frame frame, Sink sink) {
        this.frame = frame;
        this.sink = sink;
    }

    @Override
    public State push(char c) {
        return switch (part) {
            case HEAD -> inHead(c);
            case ARGUMENTS -> inArguments(c);
            case AFTER -> after(c);
        };
    }

    private State inHead(char c) {
        if (c != '{') {
            seen.append(c);
            return seen.length() <= LONGEST_HEAD ? State.OPEN : State.NO_CALL;
        }
        var name = frame.name.apply(seen.toString());
        if (name.isEmpty()) return State.NO_CALL;
        sink.onName(name.get());
        end = new JsonEnd();
        part = Part.ARGUMENTS;
        return inArguments(c);
    }

    private State inArguments(char c) {
        sink.onArguments(String.valueOf(c));
        if (!end.push(c)) return State.OPEN;
        sink.onEnd();
        seen.setLength(0);
        part = Part.AFTER;
        return State.OPEN;
    }

    private State after(char c) {
        if (seen.isEmpty() && Character.isWhitespace(c)) return State.OPEN;
        seen.append(c);
        var text = seen.toString();
        if (!frame.over.isEmpty() && text.equals(frame.over)) return State.OVER;
        if (frame.begins.contains(text)) {
            part = Part.HEAD;
            return State.OPEN;
        }
        if (frame.ends.contains(text)) {
            seen.setLength(0);
            return State.OPEN;
        }
        var mayBe = frame.over.startsWith(text) || startsAny(frame.begins, text) || startsAny(frame.ends, text);
        return mayBe ? State.OPEN : State.NO_CALL;
    }

    private static boolean startsAny(List<String> marks, String text) {
        return marks.stream().anyMatch(mark -> mark.startsWith(text));
    }
}
