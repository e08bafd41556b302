package dev.parley.generate.tools;

import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Calls whose arguments stand in brackets behind the function's name, each with its own name: Python's and Gemma's. */
final class ListedCalls implements CallScanner {

    private static final Pattern NAME = Pattern.compile("[\\w.-]+");
    private static final int LONGEST_NAME = 200;

    /**
     * How they are written.
     *
     * @param marker before the first
     * @param before each name, if anything
     * @param list whether several stand in square brackets
     * @param open before arguments
     * @param equals between the name of an argument and its value
     * @param close after arguments
     * @param literals how values are written
     * @param over after the last
     */
    record Syntax(String marker, String before, boolean list, char open, char equals, char close, Literals.Syntax literals, String over) {}

    private enum Part {
        MARKER, BEFORE, NAME, ARGUMENT, AFTER
    }

    private final Syntax syntax;
    private final Collection<Tool> tools;
    private final Sink sink;
    private final StringBuilder seen = new StringBuilder(); // of the part that is being read
    private Part part = Part.MARKER;
    private Optional<CallScanner> json = Optional.empty(); // reads what turns out to be JSON
    private Literals.Nesting nesting;
    private ArgumentWriter arguments = new ArgumentWriter(Optional.empty());
    private List<String> names = List.of(); // of the function's parameters, in order

    ListedCalls(Syntax syntax, Collection<Tool> tools, Sink sink) {
        this.syntax = syntax;
        this.tools = tools;
        this.sink = sink;
        nesting = new Literals.Nesting(syntax.literals);
    }

    @Override
    public State push(char c) {
        if (json.isPresent()) return json.get().push(c);
        seen.append(c);
        return switch (part) {
            case MARKER -> seen.length() < syntax.marker.length() ? State.OPEN : begin(Part.BEFORE);
            case BEFORE -> before(c);
            case NAME -> name(c);
            case ARGUMENT -> argument(c);
            case AFTER -> after(c);
        };
    }

    private State begin(Part next) {
        seen.setLength(0);
        part = next;
        return State.OPEN;
    }

    private State before(char c) {
        var text = seen.toString().stripLeading();
        if (text.isEmpty()) return State.OPEN;
        if (syntax.list && (text.equals("[") || text.equals(","))) return begin(Part.BEFORE);
        if (syntax.list && text.equals("{")) {
            json = Optional.of(new JsonCalls(new JsonCalls.Frame("", "[,", "]", true), name -> !name.isBlank(), sink));
            return json.get().push(c);
        }
        if (syntax.before.isEmpty()) {
            part = Part.NAME;
            return name(c);
        }
        if (text.equals(syntax.before)) return begin(Part.NAME);
        return syntax.before.startsWith(text) ? State.OPEN : State.NO_CALL;
    }

    private State name(char c) {
        if (c != syntax.open) return seen.length() <= LONGEST_NAME && (c == ' ' || NAME.matcher(String.valueOf(c)).matches()) ? State.OPEN
                : State.NO_CALL;
        var name = seen.substring(0, seen.length() - 1).strip();
        if (!NAME.matcher(name).matches()) return State.NO_CALL;
        var tool = tools.stream().filter(t -> t.name().equals(name)).findFirst();
        sink.onName(name);
        arguments = new ArgumentWriter(tool);
        names = new ArrayList<>();
        tool.ifPresent(
                t -> t.definition().path("function").path("parameters").path("properties").fieldNames().forEachRemaining(names::add));
        nesting = new Literals.Nesting(syntax.literals);
        return begin(Part.ARGUMENT);
    }

    private State argument(char c) {
        var ends = nesting.isOutside() && (c == ',' || c == syntax.close);
        if (!ends) {
            nesting.push(c);
            return State.OPEN;
        }
        var text = seen.substring(0, seen.length() - 1);
        if (!text.isBlank() && !tell(text)) return State.NO_CALL;
        if (c == ',') return begin(Part.ARGUMENT);
        sink.onArguments(arguments.end());
        sink.onEnd();
        return begin(Part.AFTER);
    }

    /** @return whether it is one, with a name of its own or that of the function's next parameter */
    private boolean tell(String argument) {
        var split = new Literals(argument, syntax.literals).nameBefore(syntax.equals);
        if (split.isEmpty() && names.isEmpty()) return false;
        var name = split.map(Literals.Named::name).orElseGet(() -> names.getFirst());
        names.remove(name);
        var text = split.map(Literals.Named::rest).orElse(argument);
        var value = new Literals(text, syntax.literals).value().orElseGet(() -> TextNode.valueOf(text.strip()));
        sink.onArguments(arguments.name(name) + value);
        return true;
    }

    private State after(char c) {
        var text = seen.toString().stripLeading();
        if (text.isEmpty()) return State.OPEN;
        if (text.equals(syntax.over)) return State.OVER;
        if (syntax.list && text.equals(",")) return begin(Part.BEFORE);
        if (syntax.list && text.equals("]")) return begin(Part.AFTER);
        return syntax.over.startsWith(text) ? State.OPEN : State.NO_CALL;
    }
}
