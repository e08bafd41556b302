package dev.parley.tokenizer.jinja;

/** What a name stands for that nothing was given for: prints as nothing, is false, and fails when something is asked of it. */
record Undefined(String name) {}
