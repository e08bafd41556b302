package dev.parley.jinja;

/** What stands after a bar. */
interface Filter {

    Value apply(Evaluator evaluator, Value input, Arguments arguments);
}
