/**
 * Jinja as published chat templates use it, interpreted in a sandbox: a template sees what it is given and nothing else, and
 * its depth, its steps and its output are bounded. A template is cut into tokens by {@code Lexer}, made a tree of {@code
 * Node}s by {@code Parser}, and evaluated by {@code Interpreter}. Values are Python's: what a template prints, compares and
 * slices is what Python would. Start with {@link dev.parley.tokenizer.jinja.Template}.
 *
 * <pre>{@code
 * var template = Template.parse("{% for m in messages %}{{ m.role }}: {{ m.content | trim }}\n{% endfor %}", "chat_template");
 * var text = template.render(Map.of("messages", List.of(Map.of("role", "user", "content", " Hello ")))).text();
 * }</pre>
 */
package dev.parley.tokenizer.jinja;
