/**
 * How models call functions: what a chat template does with tools, how a call is written, and how it is read out of an answer that
 * is still growing. {@link dev.parley.generate.tools.ToolTemplate} is where to start.
 *
 * <pre>{@code
 * var template = ToolTemplate.of(tokenizer.chatTemplate().orElseThrow());
 * var conversation = template.conversation(messages, tools);             // what the model is given
 * var form = template.format().calls(forms, true, false);                // what it must answer, where it must call one
 * var reader = new ToolCallReader(template.format(), names, true, listener);
 * reader.push(piece);                                                   // the listener is told of a call as soon as its name is there
 * }</pre>
 */
package dev.parley.generate.tools;
