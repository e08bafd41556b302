package dev.parley.generate.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.grammar.ArgumentForm;
import dev.parley.grammar.Grammar;
import java.util.regex.Pattern;

/**
 * A function that a model may call.
 *
 * @param name letters, digits, - and _, so that it needs no escape in JSON
 * @param definition {@code {"type": "function", "function": {…}}}, as chat templates take it
 * @param strict whether arguments keep the schema also where the model calls as it likes
 */
public record Tool(String name, ObjectNode definition, boolean strict) {

    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_-]{1,64}");

    /** @throws IllegalArgumentException if the name is none */
    public Tool {
        if (!NAME.matcher(name).matches()) throw new IllegalArgumentException("a function's name has 1 to 64 letters, digits, - and _");
    }

    /** One that is not strict. */
    public Tool(String name, ObjectNode definition) {
        this(name, definition, false);
    }

    /**
     * What its arguments may be: an object of its schema; an empty one where it has no schema.
     *
     * @throws dev.parley.grammar.GrammarException if the schema cannot be honoured
     */
    public Grammar arguments() {
        return Grammar.ofJsonSchema(schema());
    }

    /** The same in another form than JSON. */
    public Grammar arguments(ArgumentForm form) {
        return Grammar.ofArguments(schema(), form);
    }

    /** The same without a schema. */
    public Tool withAnyArguments() {
        var any = definition.deepCopy();
        ((ObjectNode) any.path("function")).putObject("parameters");
        return new Tool(name, any, strict);
    }

    private String schema() {
        var schema = definition.path("function").path("parameters");
        if (schema.isMissingNode() || schema.isNull()) return "{\"type\": \"object\", \"additionalProperties\": false}";
        return schema.isEmpty() ? "{\"type\": \"object\"}" : schema.toString();
    }
}
