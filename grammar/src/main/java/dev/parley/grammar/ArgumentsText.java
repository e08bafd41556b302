package dev.parley.grammar;

import static dev.parley.grammar.Expression.UNBOUNDED;
import static dev.parley.grammar.Expression.separated;
import static dev.parley.grammar.Expression.sequence;
import static dev.parley.grammar.Expression.text;

import java.util.Map;

/** Arguments of a call that are no object of JSON: each with its name and its value, one after the other. */
final class ArgumentsText extends JsonText {

    private final ArgumentForm form;
    private final JsonText values;
    private final WrittenStrings names;

    ArgumentsText(ArgumentForm form, Work work) {
        this.form = form;
        values = switch (form) {
            case ArgumentForm.Python() -> new PythonText();
            case ArgumentForm.Quoted(var mark) -> new QuotedText(mark, work);
            case ArgumentForm.Tagged(var before, var between, var after) -> new TaggedText(after.strip(), work);
        };
        names = RawStrings.matching("[^\\s:=,(){}\\[\\]<>|\"']+", work);
    }

    @Override
    String name() {
        return "arguments";
    }

    @Override
    JsonText inner() {
        return values;
    }

    @Override
    boolean isArguments() {
        return true;
    }

    @Override
    Map<String, Expression> rules() {
        return Map.of(name() + " any-object", separated(property(names.any(), values.any()), comma(), 0, UNBOUNDED));
    }

    @Override
    Expression any() {
        return anyObject();
    }

    @Override
    WrittenStrings names() {
        return names;
    }

    @Override
    Expression comma() {
        return switch (form) {
            case ArgumentForm.Python() -> text(", ");
            case ArgumentForm.Quoted quoted -> text(",");
            case ArgumentForm.Tagged tagged -> Expression.EMPTY;
        };
    }

    @Override
    Expression property(Expression name, Expression value) {
        return switch (form) {
            case ArgumentForm.Python() -> sequence(name, text("="), value);
            case ArgumentForm.Quoted quoted -> sequence(name, text(":"), value);
            case ArgumentForm.Tagged(var before, var between, var after) -> sequence(text(before), name, text(between), value, text(after));
        };
    }

    @Override
    Expression object(Expression properties) {
        return properties;
    }
}
