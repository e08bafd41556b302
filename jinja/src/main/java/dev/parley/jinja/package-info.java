/**
 * Runs the Jinja of chat templates. Start with {@link dev.parley.jinja.Template}: {@code Lexer} and
 * {@code Parser} make a tree of {@code Statement}s and {@code Expression}s of its source, {@code Renderer} and
 * {@code Evaluator} run the tree over a closed set of {@code Value}s, and {@code Budget} bounds what a run may use.
 *
 * <pre>{@code
 * var template = Template.parse("{{ bos_token }}{% for m in messages %}{{ m.content }}{% endfor %}", "chat_template.jinja");
 * var inputs = new Inputs().own("bos_token", "<s>").messages("messages", json);
 * String text = template.render(inputs, LocalDateTime::now).text();
 * }</pre>
 *
 * A {@code Text} remembers for each character whether the template or one of its inputs said it. So the tokenizer makes
 * special tokens only of what the template itself wrote, whatever a message contains, and tells the assistant's words apart.
 */
package dev.parley.jinja;
