/**
 * Thoughts of models that think before they answer: how a chat template writes them, and how they are told apart from the answer while it
 * grows. {@link dev.parley.generate.thinking.ThinkingFormat} is where to start.
 *
 * <pre>{@code
 * var format = ThinkingFormat.of(tokenizer.chatTemplate().orElseThrow());  // empty for a model that does not think
 * var reader = new ThoughtReader(format.get(), format.get().isOpenAtEnd(prompt), listener);
 * reader.push(piece);                                                     // told as thought or as answer, never as a part of a tag
 * reader.finish();
 * }</pre>
 */
package dev.parley.generate.thinking;
