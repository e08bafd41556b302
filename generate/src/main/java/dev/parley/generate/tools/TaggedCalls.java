package dev.parley.generate.tools;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Calls of Qwen3-Coder, tag by tag. A string is handed on while it grows; any other value when it is whole. */
final class TaggedCalls implements CallScanner {

    private static final int LONGEST_TAG = 300;

    private enum Part {
        OUTER, FUNCTION, PARAMETERS, PARAMETER, VALUE, AFTER
    }

    private final Collection<Tool> tools;
    private final Sink sink;
    private final StringBuilder seen = new StringBuilder(); // of the tag or value that is being read
    private Part part = Part.OUTER;
    private ArgumentWriter arguments = new ArgumentWriter(Optional.empty());
    private int taken; // characters of a string that are handed on

    TaggedCalls(Collection<Tool> tools, Sink sink) {
        this.tools = tools;
        this.sink = sink;
    }

    @Override
    public State push(char c) {
        seen.append(c);
        return switch (part) {
            case OUTER -> outer();
            case FUNCTION -> name(c);
            case PARAMETERS -> parameters();
            case PARAMETER -> parameter(c);
            case VALUE -> value();
            case AFTER -> after();
        };
    }

    /** Goes on with another part. */
    private State begin(Part next) {
        seen.setLength(0);
        part = next;
        return State.OPEN;
    }

    /** Waits while one of these may still come. */
    private State waiting(String... tags) {
        var text = seen.toString().stripLeading();
        return List.of(tags).stream().anyMatch(tag -> tag.startsWith(text)) ? State.OPEN : State.NO_CALL;
    }

    private boolean is(String tag) {
        return seen.toString().stripLeading().equals(tag);
    }

    private State outer() {
        if (is(HermesFormat.OPEN)) return begin(Part.OUTER);
        if (is(QwenCoderFormat.FUNCTION)) return begin(Part.FUNCTION);
        return waiting(HermesFormat.OPEN, QwenCoderFormat.FUNCTION);
    }

    private State name(char c) {
        if (c != '>') return c == '<' || seen.length() > LONGEST_TAG ? State.NO_CALL : State.OPEN;
        var name = unquoted(seen.substring(0, seen.length() - 1));
        if (name.isEmpty()) return State.NO_CALL;
        sink.onName(name);
        arguments = new ArgumentWriter(tools.stream().filter(tool -> tool.name().equals(name)).findFirst());
        return begin(Part.PARAMETERS);
    }

    private static String unquoted(String name) {
        var bare = name.strip();
        var quoted = bare.length() > 1 && "\"'".indexOf(bare.charAt(0)) >= 0 && bare.charAt(0) == bare.charAt(bare.length() - 1);
        return quoted ? bare.substring(1, bare.length() - 1) : bare;
    }

    private State parameters() {
        if (is(QwenCoderFormat.PARAMETER)) return begin(Part.PARAMETER);
        if (is(QwenCoderFormat.FUNCTION_END)) {
            sink.onArguments(arguments.end());
            sink.onEnd();
            return begin(Part.AFTER);
        }
        return waiting(QwenCoderFormat.PARAMETER, QwenCoderFormat.FUNCTION_END);
    }

    private State parameter(char c) {
        if (c != '>') return c == '<' || seen.length() > LONGEST_TAG ? State.NO_CALL : State.OPEN;
        sink.onArguments(arguments.name(unquoted(seen.substring(0, seen.length() - 1))));
        taken = 0;
        return begin(Part.VALUE);
    }

    /** One line end after the tag and one before the next are a matter of form. */
    private State value() {
        var end = QwenCoderFormat.PARAMETER_END;
        var last = seen.length() - end.length();
        var whole = last >= 0 && seen.indexOf(end, last) == last;
        var from = seen.charAt(0) == '\n' ? 1 : 0;
        if (whole) {
            var to = last > from && seen.charAt(last - 1) == '\n' ? last - 1 : Math.max(from, last);
            sink.onArguments(arguments.isString() ? arguments.string(seen.substring(Math.min(to, from + taken), to), taken == 0, true)
                    : arguments.value(seen.substring(from, to)));
            return begin(Part.PARAMETERS);
        }
        var sure = seen.length() - end.length(); // what may be the line end and the tag waits
        if (arguments.isString() && sure > from + taken) {
            sink.onArguments(arguments.string(seen.substring(from + taken, sure), taken == 0, false));
            taken = sure - from;
        }
        return State.OPEN;
    }

    private State after() {
        if (is(HermesFormat.CLOSE)) return State.OVER;
        if (is(HermesFormat.OPEN)) return begin(Part.OUTER);
        if (is(QwenCoderFormat.FUNCTION)) return begin(Part.FUNCTION);
        return waiting(HermesFormat.CLOSE, HermesFormat.OPEN, QwenCoderFormat.FUNCTION);
    }
}
