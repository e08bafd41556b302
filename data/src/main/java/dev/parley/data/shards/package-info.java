/**
 * Token shards: a corpus as token ids on the disk, mapped rather than loaded, so that it may be larger than memory. Start with
 * {@link dev.parley.data.shards.ShardWriter}, which makes a folder of them, and {@link dev.parley.data.shards.Shards}, which reads it.
 *
 * <pre>{@code
 * try (var writer = ShardWriter.create(Path.of("shards"), tokenizer, ShardOptions.DEFAULT)) {
 *     for (var text : texts) writer.add(tokenizer.encode(text), Split.hash(text));
 *     writer.finish();
 * }
 * var train = PackedDocuments.of(Shards.open(Path.of("shards"), Split.TRAIN, tokenizer), 1024);
 * }</pre>
 *
 * A folder holds {@code train-00000-of-00002.tokens} and so on, the same for {@code validation}, the tokenizer, and {@code index.json},
 * which is written last. {@code ShardFile} says what a file looks like. Rows come in two shapes:
 * {@link dev.parley.data.shards.PackedDocuments} and {@link dev.parley.data.shards.ContiguousBlocks}.
 */
package dev.parley.data.shards;
