/**
 * Text to token ids and back. Start with {@link dev.parley.tokenizer.Tokenizer}; {@link dev.parley.tokenizer.BpeTrainer}
 * learns a vocabulary, {@link dev.parley.tokenizer.PreTokenizer} cuts text into the pieces that {@code Bpe} merges ({@code TextEncoder}
 * joins the steps), and {@link dev.parley.tokenizer.ChatTemplate} makes one text of a {@link dev.parley.tokenizer.ChatTemplateInput},
 * by templates in Jinja that {@link dev.parley.jinja} runs. Published files are read by {@code TokenizerFiles}, the steps in them by
 * {@code PipelineReader}; {@link dev.parley.tokenizer.SentencePieces} makes merges of scores.
 *
 * <pre>{@code
 * var tokenizer = BpeTrainer.of(2048).train(texts.iterator());
 * int[] ids = tokenizer.encode("To be, or not to be");
 * tokenizer.save(Path.of("my-model"));                     // tokenizer.json, as Hugging Face's libraries read it
 * }</pre>
 */
package dev.parley.tokenizer;
