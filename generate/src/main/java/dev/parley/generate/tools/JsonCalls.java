package dev.parley.generate.tools;

import java.util.function.Predicate;

/** Calls that are objects of JSON, each with a name and arguments. */
final class JsonCalls implements CallScanner {

    /**
     * What stands around the objects.
     *
     * @param marker before the first; may be empty
     * @param fillers characters that may stand before an object and say nothing, beside white space
     * @param closer after the last; may be empty
     * @param several whether another object may follow before the closer
     */
    record Frame(String marker, String fillers, String closer, boolean several) {

        private boolean isFiller(char c) {
            return Character.isWhitespace(c) || fillers.indexOf(c) >= 0;
        }
    }

    private enum Part {
        BEFORE, CALL, AFTER
    }

    private final Frame frame;
    private final Predicate<String> isName;
    private final Sink sink;
    private final StringBuilder after = new StringBuilder(); // a call
    private Part part = Part.BEFORE;
    private JsonCall call;
    private boolean told;
    private int ofMarker; // characters to come

    /** @param isName whether a function may have this name */
    JsonCalls(Frame frame, Predicate<String> isName, Sink sink) {
        this.frame = frame;
        this.isName = isName;
        this.sink = sink;
        call = new JsonCall(isName);
        ofMarker = frame.marker.length();
    }

    @Override
    public State push(char c) {
        if (ofMarker > 0) {
            ofMarker--;
            return State.OPEN;
        }
        return switch (part) {
            case BEFORE -> c == '{' ? begin(c) : frame.isFiller(c) ? State.OPEN : State.NO_CALL;
            case CALL -> inCall(c);
            case AFTER -> afterCall(c);
        };
    }

    private State begin(char c) {
        call = new JsonCall(isName);
        told = false;
        part = Part.CALL;
        return inCall(c);
    }

    private State inCall(char c) {
        var found = call.push(c);
        if (!told && call.isCall()) {
            told = true;
            sink.onName(call.name().orElseThrow());
        }
        if (told) sink.onArguments(call.takeArguments());
        if (found == JsonCall.State.NO_CALL) return State.NO_CALL;
        if (found == JsonCall.State.COMPLETE) {
            after.setLength(0);
            part = Part.AFTER;
            sink.onEnd();
        }
        return State.OPEN;
    }

    private State afterCall(char c) {
        after.append(c);
        var seen = after.toString().stripLeading();
        if (!frame.closer.isEmpty() && seen.equals(frame.closer)) return State.OVER;
        if (frame.closer.startsWith(seen)) return State.OPEN;
        if (frame.several && c == '{' && seen.chars().limit(seen.length() - 1L).allMatch(x -> frame.isFiller((char) x))) return begin(c);
        return seen.chars().allMatch(x -> frame.isFiller((char) x)) ? State.OPEN : State.NO_CALL;
    }
}
