package dev.parley.grammar;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a text may be, compiled. Immutable; equal where it was made of the same text. Threads may share it.
 *
 * <pre>{@code
 * var date = Grammar.ofRegex("\\d{4}-\\d{2}-\\d{2}");
 * date.matches("2026-11-24");   // true
 * }</pre>
 */
public final class Grammar {

    private static final int LONGEST = 1 << 20;
    private static final String ROOT = "root";

    private static final GrammarCache KEPT = new GrammarCache();

    private final String kind;
    private final String source;
    private final Function<Work, Map<String, Expression>> reader;
    private final String root;
    private volatile Optional<Compiled> compiled = Optional.empty();

    private Grammar(String kind, String source, String root, Function<Work, Map<String, Expression>> reader) {
        this.kind = kind;
        this.source = source;
        this.root = root;
        this.reader = reader;
    }

    private static Grammar read(String kind, String source, String root, Function<Work, Map<String, Expression>> reader) {
        var grammar = new Grammar(kind, source, root, reader);
        grammar.compile();
        return grammar;
    }

    /** A grammar that was read. */
    record Compiled(Map<String, Expression> rules, Automaton automaton) {}

    /**
     * A text of JSON that a schema accepts. What of JSON Schema (draft 2020-12) is honoured is in {@code docs/generation.md}; objects
     * have no other properties than those that are named unless {@code additionalProperties} asks for them.
     *
     * @throws GrammarException if the schema is no JSON, is wrong, or holds what is not honoured
     */
    public static Grammar ofJsonSchema(String schema) {
        return read("json_schema", bounded("The schema", schema), JsonSchema.ROOT, work -> new JsonSchema(schema, work).rules());
    }

    /**
     * The same for the arguments of a call in another form than JSON.
     *
     * @param schema of an object
     * @throws GrammarException if the schema is no JSON, is wrong, or holds what is not honoured or cannot be written so
     */
    public static Grammar ofArguments(String schema, ArgumentForm form) {
        return read("arguments " + form, bounded("The schema", schema), JsonSchema.ROOT,
                work -> new JsonSchema(schema, new ArgumentsText(form, work), work).rules());
    }

    /** Any object of JSON. */
    public static Grammar ofJsonObject() {
        return ofJsonSchema("{\"type\": \"object\"}");
    }

    /**
     * A text that a regular expression matches as a whole, in the syntax that ECMAScript, Python and Java share.
     *
     * @throws GrammarException if it is wrong, or looks back, or ahead within a group
     */
    public static Grammar ofRegex(String regex) {
        return read("regex", bounded("The regular expression", regex), ROOT, work -> Map.of(ROOT, Regex.whole(regex, work)));
    }

    /**
     * One of some texts.
     *
     * @throws GrammarException if there is none
     */
    public static Grammar ofChoice(List<String> choices) {
        if (choices.isEmpty()) throw new GrammarException("There is nothing to choose from; name at least one text.");
        var source = String.join("\u0000", choices);
        return read("choice", bounded("The list of choices", source), ROOT,
                work -> Map.of(ROOT, Expression.choice(choices.stream().map(Expression::text).toList())));
    }

    /**
     * A text that follows the rule {@code root} of a grammar in GBNF, the notation of llama.cpp.
     *
     * @throws GrammarException if it is wrong or left-recursive
     */
    public static Grammar ofGbnf(String gbnf) {
        return read("gbnf", bounded("The grammar", gbnf), ROOT, work -> new Gbnf(gbnf).rules());
    }

    /**
     * A text that an automaton accepts.
     *
     * @throws GrammarException if it accepts none, or is too much
     */
    public static Grammar ofAutomaton(CharacterAutomaton automaton) {
        return read("automaton", bounded("The automaton", automaton.source()), ROOT,
                work -> Map.of(ROOT, new Expression.Machine(CharacterMachine.of(automaton, work), Expression.Characters::new)));
    }

    /** This text and no other. */
    public static Grammar ofText(String text) {
        return ofChoice(List.of(text));
    }

    /** Any text, also an empty one, in which none of these occurs. */
    public static Grammar ofTextWithout(List<String> texts) {
        var source = String.join("\u0000", texts);
        return read("without", bounded("The list of texts", source), ROOT,
                work -> Map.of(ROOT, CharacterMachine.without(texts, work).expression()));
    }

    /** A text that follows these grammars one after the other. It is compiled when it is first asked, or by {@link #compile()}. */
    public static Grammar sequence(Grammar... parts) {
        return joined("sequence", List.of(parts), Expression.Sequence::new);
    }

    /**
     * A text that follows one of these grammars, compiled as {@link #sequence} is.
     *
     * @throws GrammarException if there is none
     */
    public static Grammar anyOf(List<Grammar> options) {
        if (options.isEmpty()) throw new GrammarException("There is nothing to choose from; name at least one grammar.");
        return options.size() == 1 ? options.getFirst() : joined("any_of", options, Expression::choice);
    }

    /** One text of this grammar, or several with a separator between, compiled as {@link #sequence} is. */
    public Grammar repeated(String separator) {
        return joined("repeated", List.of(this, ofText(separator)),
                parts -> Expression.separated(parts.getFirst(), parts.getLast(), 1, Expression.UNBOUNDED));
    }

    /** A text of this grammar, or none, compiled as {@link #sequence} is. */
    public Grammar optional() {
        return joined("optional", List.of(this), parts -> Expression.optional(parts.getFirst()));
    }

    /** Any number of texts of this grammar, compiled as {@link #sequence} is. */
    public Grammar anyNumber() {
        return joined("any_number", List.of(this), parts -> new Expression.Repeat(parts.getFirst(), 0, Expression.UNBOUNDED));
    }

    /** A grammar that calls others, whose rules keep their names with a number before. */
    private static Grammar joined(String kind, List<Grammar> parts, Function<List<Expression>, Expression> join) {
        var source = new StringBuilder();
        for (var part : parts) source.append(part.kind).append(' ').append(part.source.length()).append(' ').append(part.source);
        return new Grammar(kind, source.toString(), ROOT, work -> {
            var rules = new HashMap<String, Expression>();
            var calls = new ArrayList<Expression>();
            for (var part : parts) {
                var prefix = calls.size() + " ";
                part.rules(work).forEach((name, rule) -> rules.put(prefix + name, rule.withCallsTo(prefix)));
                calls.add(new Expression.Call(prefix + part.root));
            }
            rules.put(ROOT, join.apply(List.copyOf(calls)));
            return Map.copyOf(rules);
        });
    }

    private Map<String, Expression> rules(Work work) {
        return compiled.isPresent() ? compiled.get().rules : reader.apply(work);
    }

    /**
     * Compiles it, if that has not been done; the last compiled grammars are cached by their source.
     *
     * @throws GrammarException if it cannot be honoured, or is too much
     */
    public void compile() {
        if (compiled.isPresent()) return;
        compiled = Optional.of(KEPT.get(kind, source).orElseGet(() -> {
            var work = Work.ofCompiling();
            var rules = reader.apply(work);
            var made = new Compiled(rules, Automaton.compile(rules, root, work));
            KEPT.keep(kind, source, made);
            return made;
        }));
    }

    private static String bounded(String what, String source) {
        if (source.length() > LONGEST)
            throw new GrammarException(what + " has " + source.length() + " characters; " + LONGEST + " are allowed.");
        return source;
    }

    /** Whether it allows a whole text. */
    public boolean matches(String text) {
        var at = new Configurations(automaton(), TokenMasks.MOST_BYTES).start();
        for (var b : text.getBytes(StandardCharsets.UTF_8)) {
            at = at.after(b);
            if (at == null) return false;
        }
        return at.complete();
    }

    /** Whether the empty text is all that it allows, so that there is nothing to make. */
    public boolean allowsNothingButEmpty() {
        return new Configurations(automaton()).start().mustEnd();
    }

    Automaton automaton() {
        compile();
        return compiled.orElseThrow().automaton;
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
