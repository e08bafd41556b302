package dev.parley.grammar;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** What a piece of text may be. Patterns, schemas and grammars are read into these before they are compiled. */
sealed interface Expression {

    /** The empty text. */
    Expression EMPTY = new Sequence(List.of());

    /** What no text is. */
    Expression NOTHING = new Choice(List.of());

    /** One character of a set. */
    record Characters(CodePoints set) implements Expression {}

    /** This text. */
    record Text(String text) implements Expression {}

    /** One after the other. */
    record Sequence(List<Expression> parts) implements Expression {}

    /** Any one of them. */
    record Choice(List<Expression> options) implements Expression {}

    /** So many of them in a row. @param most {@link #UNBOUNDED} for no limit */
    record Repeat(Expression part, int least, int most) implements Expression {}

    /** What another rule says. */
    record Call(String rule) implements Expression {}

    /** What an automaton over characters accepts. @param written how each of its sets of characters is */
    record Machine(CharacterMachine states, Function<CodePoints, Expression> written) implements Expression {}

    /** Nothing, at the start or at the end of a text and nowhere else; only {@link CharacterMachine} knows what to do with it. */
    record Anchor(boolean start) implements Expression {}

    /** {@link Repeat#most} of a repetition without an end. */
    int UNBOUNDED = -1;

    static Expression text(String text) {
        return new Text(text);
    }

    static Expression sequence(Expression... parts) {
        return new Sequence(List.of(parts));
    }

    static Expression choice(Expression... options) {
        return new Choice(List.of(options));
    }

    static Expression choice(List<Expression> options) {
        return options.size() == 1 ? options.getFirst() : new Choice(List.copyOf(options));
    }

    static Expression optional(Expression part) {
        return new Repeat(part, 0, 1);
    }

    /** So many of them with a separator between. */
    static Expression separated(Expression part, Expression separator, int least, int most) {
        if (most == 0) return EMPTY;
        var more = new Repeat(sequence(separator, part), Math.max(0, least - 1), most == UNBOUNDED ? UNBOUNDED : most - 1);
        var some = sequence(part, more);
        return least > 0 ? some : optional(some);
    }

    /** The characters from one to another, both included. */
    static Expression range(int first, int last) {
        return new Characters(CodePoints.range(first, last));
    }

    /** The digits from one to another. */
    static Expression digits(int first, int last) {
        return first > last ? NOTHING : range('0' + first, '0' + last);
    }

    /** The expression with every set of characters, and every character of a text, replaced. */
    default Expression replaceCharacters(Function<CodePoints, Expression> replacement) {
        return switch (this) {
            case Characters(var set) -> replacement.apply(set);
            case Text(var text) -> new Sequence(text.codePoints().mapToObj(c -> replacement.apply(CodePoints.range(c, c))).toList());
            case Sequence(var parts) -> new Sequence(replaced(parts, replacement));
            case Choice(var options) -> new Choice(replaced(options, replacement));
            case Repeat(var part, var least, var most) -> new Repeat(part.replaceCharacters(replacement), least, most);
            case Machine(var states, var written) -> new Machine(states, set -> written.apply(set).replaceCharacters(replacement));
            case Call call -> call;
            case Anchor anchor -> anchor;
        };
    }

    /** Whether it has an anchor. @param start at the start of a text, or else at its end */
    default boolean hasAnchor(boolean start) {
        return switch (this) {
            case Anchor anchor -> anchor.start == start;
            case Sequence(var parts) -> parts.stream().anyMatch(p -> p.hasAnchor(start));
            case Choice(var options) -> options.stream().anyMatch(o -> o.hasAnchor(start));
            case Repeat(var part, var least, var most) -> part.hasAnchor(start);
            case Text text -> false;
            case Characters characters -> false;
            case Machine machine -> false;
            case Call call -> false;
        };
    }

    private static List<Expression> replaced(List<Expression> all, Function<CodePoints, Expression> replacement) {
        var list = new ArrayList<Expression>();
        for (var one : all) list.add(one.replaceCharacters(replacement));
        return list;
    }

    /** The expression that calls rules with this before their names. */
    default Expression withCallsTo(String prefix) {
        return switch (this) {
            case Call(var rule) -> new Call(prefix + rule);
            case Sequence(var parts) -> new Sequence(parts.stream().map(p -> p.withCallsTo(prefix)).toList());
            case Choice(var options) -> new Choice(options.stream().map(o -> o.withCallsTo(prefix)).toList());
            case Repeat(var part, var least, var most) -> new Repeat(part.withCallsTo(prefix), least, most);
            case Text text -> text;
            case Characters characters -> characters;
            case Machine machine -> machine;
            case Anchor anchor -> anchor;
        };
    }
}
