package dev.parley.tokenizer.jinja;

import java.util.List;
import java.util.Map;

/** What a template can call: a macro, or one of the functions that are given to it. */
@FunctionalInterface
interface Function {
    Object call(List<Object> positional, Map<String, Object> named);
}
