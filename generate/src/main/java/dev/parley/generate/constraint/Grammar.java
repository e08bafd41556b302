package dev.parley.generate.constraint;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * What a text may be, compiled. Immutable; equal where it was made of the same text.
 *
 * <pre>{@code
 * var date = Grammar.ofRegex("\\d{4}-\\d{2}-\\d{2}");
 * date.matches("2026-11-24");   // true
 * }</pre>
 */
public final class Grammar {

    private static final int LONGEST = 1 << 20;
    private static final String ROOT = "root";

    private final String kind;
    private final String source;
    private final Automaton automaton;

    private Grammar(String kind, String source, Map<String, Expression> rules, String root) {
        this.kind = kind;
        this.source = source;
        automaton = Automaton.compile(rules, root);
    }

    /**
     * A text of JSON that a schema accepts. What of JSON Schema (draft 2020-12) is honoured is in {@code docs/generation.md}; objects
     * have no other properties than those that are named unless {@code additionalProperties} asks for them.
     *
     * @throws GrammarException if the schema is no JSON, is wrong, or holds what is not honoured
     */
    public static Grammar ofJsonSchema(String schema) {
        var read = new JsonSchema(bounded("The schema", schema));
        return new Grammar("json_schema", schema, read.rules(), JsonSchema.ROOT);
    }

    /** Any object of JSON. */
    public static Grammar ofJsonObject() {
        return ofJsonSchema("{\"type\": \"object\"}");
    }

    /**
     * A text that a regular expression matches as a whole, in the syntax that ECMAScript, Python and Java share.
     *
     * @throws GrammarException if it is wrong, or looks around or back
     */
    public static Grammar ofRegex(String regex) {
        return new Grammar("regex", regex, Map.of(ROOT, Regex.whole(bounded("The regular expression", regex))), ROOT);
    }

    /** One of some texts. @throws GrammarException if there is none */
    public static Grammar ofChoice(List<String> choices) {
        if (choices.isEmpty()) throw new GrammarException("There is nothing to choose from; name at least one text.");
        var source = String.join("\u0000", choices);
        bounded("The list of choices", source);
        return new Grammar("choice", source, Map.of(ROOT, Expression.choice(choices.stream().map(Expression::text).toList())), ROOT);
    }

    /**
     * A text that follows the rule {@code root} of a grammar in GBNF, the notation of llama.cpp.
     *
     * @throws GrammarException if it is wrong or left-recursive
     */
    public static Grammar ofGbnf(String gbnf) {
        return new Grammar("gbnf", gbnf, new Gbnf(bounded("The grammar", gbnf)).rules(), ROOT);
    }

    private static String bounded(String what, String source) {
        if (source.length() > LONGEST) throw new GrammarException(what + " has " + source.length() + " characters; " + LONGEST + " are allowed.");
        return source;
    }

    /** Whether it allows a whole text. */
    public boolean matches(String text) {
        var at = new Configurations(automaton).start();
        for (var b : text.getBytes(StandardCharsets.UTF_8)) {
            at = at.after(b);
            if (at == null) return false;
        }
        return at.complete();
    }

    Automaton automaton() {
        return automaton;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Grammar g && g.kind.equals(kind) && g.source.equals(source);
    }

    @Override
    public int hashCode() {
        return source.hashCode();
    }
}
