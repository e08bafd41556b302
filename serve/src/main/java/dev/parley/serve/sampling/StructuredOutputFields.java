package dev.parley.serve.sampling;

import dev.parley.grammar.Grammar;
import dev.parley.grammar.GrammarException;
import dev.parley.serve.http.ApiError;
import dev.parley.serve.http.JsonFields;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/** The fields that ask for structured output: OpenAI's {@code response_format}, and vLLM's grammar, regex and choice. */
public final class StructuredOutputFields {

    private static final int MOST_CHARACTERS = 200_000;
    private static final int MOST_NOTATION = 50_000; // of a grammar or regex in characters: what it costs may grow with the square
    private static final int MOST_CHOICES = 1_000;

    private StructuredOutputFields() {}

    /**
     * The grammar that the answer must follow, if one is asked for; at most one may be.
     *
     * @throws ApiError if it cannot be honoured
     */
    public static Optional<Grammar> read(JsonFields fields) {
        var found = new TreeMap<String, Grammar>();
        fields.object("response_format").flatMap(format -> format(format, "json_schema")).ifPresent(g -> found.put("response_format", g));
        notation(fields, "grammar").ifPresent(g -> found.put("grammar", made("grammar", g.length(), () -> Grammar.ofGbnf(g))));
        notation(fields, "regex").ifPresent(r -> found.put("regex", made("regex", r.length(), () -> Grammar.ofRegex(r))));
        var choices = fields.strings("choice", MOST_CHOICES);
        if (!choices.isEmpty())
            found.put("choice", made("choice", choices.stream().mapToInt(String::length).sum(), () -> Grammar.ofChoice(choices)));
        if (found.size() > 1) {
            throw ApiError.badRequest(found.lastKey(),
                    "The request has " + String.join(" and ", found.keySet()) + "; give only one of them.");
        }
        return found.values().stream().findFirst();
    }

    private static Optional<String> notation(JsonFields fields, String name) {
        var text = fields.string(name);
        if (text.isPresent() && text.get().length() > MOST_NOTATION)
            throw fields.wrong(name, "of at most " + MOST_NOTATION + " characters");
        return text;
    }

    /**
     * What {@code type} says: text, any object of JSON, or a schema.
     *
     * @param schemaAt the field with the schema; empty where it is beside the type, as in /v1/responses
     */
    public static Optional<Grammar> format(JsonFields format, String schemaAt) {
        return switch (format.requireString("type")) {
            case "text" -> Optional.empty();
            case "json_object" -> Optional.of(made("response_format", 0, Grammar::ofJsonObject));
            case "json_schema" -> {
                var named = schemaAt.isEmpty() ? format : format.object(schemaAt).orElseThrow(() -> format.missing(schemaAt));
                named.ignore("description");
                named.string("name");
                named.flag("strict"); // the schema is always followed strictly
                var schema = named.any("schema").orElseThrow(() -> named.missing("schema"));
                if (!schema.isObject() && !schema.isBoolean()) throw named.wrong("schema", "a JSON Schema");
                var text = schema.toString();
                yield Optional.of(made(named.path("schema"), text.length(), () -> Grammar.ofJsonSchema(text)));
            }
            default -> throw format.wrong("type", "text, json_object or json_schema");
        };
    }

    /** Compiles a grammar, or fails with an error that names the field; every grammar of a request is made here. */
    public static Grammar made(String param, int length, Supplier<Grammar> make) {
        return made(param, param, length, make);
    }

    /** The same where there may be none. */
    public static Optional<Grammar> madeIfAny(String param, Supplier<Optional<Grammar>> make) {
        return honoured(param, param, () -> {
            var grammar = make.get();
            grammar.ifPresent(Grammar::compile);
            return grammar;
        });
    }

    /**
     * The same.
     *
     * @param what the field is called in the error message
     */
    public static Grammar made(String param, String what, int length, Supplier<Grammar> make) {
        if (length > MOST_CHARACTERS) throw ApiError.badRequest(param, what + " is longer than " + MOST_CHARACTERS + " characters.");
        return honoured(param, what, () -> {
            var grammar = make.get();
            grammar.compile();
            if (grammar.allowsNothingButEmpty()) throw ApiError.badRequest(param, what + " allows nothing but an empty answer.");
            return grammar;
        });
    }

    private static <T> T honoured(String param, String what, Supplier<T> make) {
        try {
            return make.get();
        } catch (GrammarException e) {
            throw ApiError.badRequest(param, what + " cannot be honoured: " + e.getMessage());
        } catch (StackOverflowError e) {
            throw ApiError.badRequest(param, what + " cannot be honoured: it has too many levels.");
        }
    }
}
