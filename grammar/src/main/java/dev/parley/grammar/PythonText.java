package dev.parley.grammar;

import static dev.parley.grammar.Expression.text;

/** Values as Python writes them: strings, numbers, lists and dictionaries look as in JSON, and the words are others. */
final class PythonText extends JsonText {

    @Override
    String name() {
        return "python";
    }

    @Override
    Expression yes() {
        return text("True");
    }

    @Override
    Expression no() {
        return text("False");
    }

    @Override
    Expression none() {
        return text("None");
    }
}
