package dev.parley.tokenizer.jinja;

import java.util.Map;

/** Values that outlive the loop that sets them. */
record Namespace(Map<String, Object> values) {}
