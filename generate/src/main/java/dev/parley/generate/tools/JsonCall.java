package dev.parley.generate.tools;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Reads the JSON object of one call character by character. Its name is known as soon as it is closed, and the arguments are handed
 * on as they come. Only what is needed for that is checked: a reader of the arguments has to check them anyway.
 */
final class JsonCall {

    /** What has become of the object. */
    enum State {
        OPEN, COMPLETE, NO_CALL
    }

    private enum Part {
        START, KEY_OR_END, KEY, COLON, VALUE, IN_VALUE, COMMA_OR_END
    }

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Predicate<String> isName;
    private final StringBuilder token = new StringBuilder(); // the key or value that is being read
    private final StringBuilder arguments = new StringBuilder(); // what is to be handed on
    private Part part = Part.START;
    private String key = "";
    private int depth; // of the value
    private boolean inString;
    private boolean escaped;
    private boolean hasArguments;
    private Optional<String> name = Optional.empty();

    /** @param isName whether a function may have this name */
    JsonCall(Predicate<String> isName) {
        this.isName = isName;
    }

    /** The function's name, once it is known. */
    Optional<String> name() {
        return name;
    }

    /** Whether this is a call, from what has come: its name is known, and its arguments have begun. */
    boolean isCall() {
        return name.isPresent() && !arguments.isEmpty();
    }

    /** What has come of the arguments since the last time, as JSON. */
    String takeArguments() {
        var taken = arguments.toString();
        arguments.setLength(0);
        return taken;
    }

    State push(char c) {
        if (part == Part.IN_VALUE) return inValue(c);
        if (part == Part.KEY) return inKey(c);
        if (Character.isWhitespace(c)) return State.OPEN;
        return switch (part) {
            case START -> on(c == '{', Part.KEY_OR_END);
            case KEY_OR_END -> c == '}' ? end() : on(c == '"', Part.KEY);
            case COLON -> on(c == ':', Part.VALUE);
            case VALUE -> {
                part = Part.IN_VALUE;
                yield inValue(c);
            }
            default -> c == '}' ? end() : on(c == ',', Part.KEY_OR_END);
        };
    }

    private State on(boolean fits, Part next) {
        part = next;
        return fits ? State.OPEN : State.NO_CALL;
    }

    private State inKey(char c) {
        if (c != '"') {
            token.append(c);
            return c == '\\' ? State.NO_CALL : State.OPEN;
        }
        key = token.toString();
        token.setLength(0);
        return on(true, Part.COLON);
    }

    private State inValue(char c) {
        if (inString) return inString(c);
        if (depth == 0 && !token.isEmpty() && (c == ',' || c == '}' || Character.isWhitespace(c))) { // after a number or a word
            var state = endOfValue();
            return state == State.NO_CALL || Character.isWhitespace(c) ? state : push(c);
        }
        if (token.isEmpty() && ",:]}".indexOf(c) >= 0) return State.NO_CALL;
        add(c);
        if (c == '"') inString = true;
        else if (c == '{' || c == '[') depth++;
        else if ((c == '}' || c == ']') && --depth == 0) return endOfValue();
        return State.OPEN;
    }

    private State inString(char c) {
        add(c);
        if (escaped) escaped = false;
        else if (c == '\\') escaped = true;
        else if (c == '"') {
            inString = false;
            if (depth == 0) return endOfValue();
        }
        return State.OPEN;
    }

    private boolean isArguments() {
        return key.equals("arguments") || key.equals("parameters");
    }

    /** Arguments that are an object are handed on at once; some models write them as a string, which holds the object. */
    private void add(char c) {
        token.append(c);
        if (isArguments() && token.charAt(0) == '{') arguments.append(c);
    }

    private State endOfValue() {
        var value = token.toString();
        token.setLength(0);
        part = Part.COMMA_OR_END;
        if (isArguments()) {
            if (hasArguments) return State.NO_CALL;
            hasArguments = true;
            if (value.startsWith("{")) return State.OPEN;
            var text = text(value);
            text.ifPresent(arguments::append);
            if (value.equals("null")) arguments.append("{}");
            return text.isPresent() || value.equals("null") ? State.OPEN : State.NO_CALL;
        }
        if (!key.equals("name")) return State.OPEN;
        var text = text(value).filter(isName);
        if (text.isEmpty() || name.isPresent()) return State.NO_CALL;
        name = text;
        return State.OPEN;
    }

    private static Optional<String> text(String value) {
        try {
            var node = JSON.readTree(value);
            return node.isTextual() ? Optional.of(node.textValue()) : Optional.empty();
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private State end() {
        if (name.isEmpty()) return State.NO_CALL;
        if (!hasArguments) arguments.append("{}");
        return State.COMPLETE;
    }
}
