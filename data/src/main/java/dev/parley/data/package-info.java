/**
 * Data: text that becomes {@link dev.parley.model.TrainingRow}s of tokens. Start with {@link dev.parley.data.WordNet}, the corpus
 * that comes with Parley, and {@link dev.parley.data.Packing}, which puts documents into rows; {@link dev.parley.data.chat.ChatRows}
 * makes rows of conversations, in which only what the assistant says is a target.
 *
 * <pre>{@code
 * var documents = WordNet.load().trainSynsets(HeldOut.PUBLISHED).stream().map(s -> TrainingRow.of(tokenizer.encode(s.text()))).toList();
 * var dataset = Dataset.of(Packing.pack(documents, 128));
 * }</pre>
 */
package dev.parley.data;
