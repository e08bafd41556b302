/**
 * Poems in a form: lines with a number of Chinese characters or of English syllables. A form is a grammar, so that no model can leave
 * it, and of several poems that which the model itself finds likeliest is kept. Start from
 * {@link dev.parley.assist.writing.VerseForm} and {@link dev.parley.assist.writing.VerseWriter}.
 *
 * <pre>{@code
 * var poems = new VerseWriter(model, tokenizer, config).write(VerseForm.named("七言绝句"), "秋天的月亮", 8, () -> false);
 * System.out.println(poems.getFirst().text());
 * }</pre>
 */
package dev.parley.assist.writing;
