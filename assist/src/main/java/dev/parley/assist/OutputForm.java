package dev.parley.assist;

import dev.parley.grammar.Grammar;
import java.util.Optional;

/**
 * A form that an answer keeps: JSON by a schema, lines of a length, or only what its instruction asks for.
 *
 * @param instruction added to the system prompt; may be empty
 * @param grammar that the answer is held to; empty for free text
 */
public record OutputForm(String name, LocalText title, LocalText instruction, Optional<Grammar> grammar) {}
