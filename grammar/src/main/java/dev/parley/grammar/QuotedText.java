package dev.parley.grammar;

import static dev.parley.grammar.Expression.sequence;
import static dev.parley.grammar.Expression.text;

/** Values whose strings stand as they are between marks that no string has, and whose names stand bare: Gemma's. */
final class QuotedText extends JsonText {

    private final WrittenStrings strings;
    private final WrittenStrings names;

    QuotedText(String mark, Work work) {
        strings = RawStrings.without(mark, mark, mark, work);
        names = RawStrings.matching("[^\\s:,{}\\[\\]<>|\"]+", work);
    }

    @Override
    String name() {
        return "quoted";
    }

    @Override
    WrittenStrings strings() {
        return strings;
    }

    @Override
    WrittenStrings names() {
        return names;
    }

    @Override
    Expression comma() {
        return text(",");
    }

    @Override
    Expression property(Expression name, Expression value) {
        return sequence(name, text(":"), value);
    }

    @Override
    Expression object(Expression properties) {
        return sequence(text("{"), properties, text("}"));
    }

    @Override
    Expression array(Expression items) {
        return sequence(text("["), items, text("]"));
    }
}
