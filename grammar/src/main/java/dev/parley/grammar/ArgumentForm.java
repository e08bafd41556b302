package dev.parley.grammar;

/** How the arguments of a call are written where that is not JSON. */
public sealed interface ArgumentForm {

    /** {@code name=value, name=value}, with Python's literals. */
    record Python() implements ArgumentForm {}

    /**
     * {@code name:value,name:value}, with strings as they are between marks.
     *
     * @param mark before and after a string
     */
    record Quoted(String mark) implements ArgumentForm {}

    /**
     * Each argument between tags: a string as it is, all else in JSON.
     *
     * @param before the name
     * @param between name and value
     * @param after the value
     */
    record Tagged(String before, String between, String after) implements ArgumentForm {}
}
