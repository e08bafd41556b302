/**
 * Preparing a corpus: reading, cleaning, removing what is there twice, and writing tokens or text. Start with
 * {@link dev.parley.data.prepare.CorpusPreparation}.
 *
 * <pre>{@code
 * var reader = new TextReader(InputFiles.find(List.of("corpus")), TextReader.Options.usual());
 * try (var tokens = new TokenFolder(Path.of("shards"), tokenizer, ShardOptions.DEFAULT)) {
 *     var report = new CorpusPreparation(reader, PreparationSettings.usual(), tokens).run();
 *     System.out.println(report.table());
 * }
 * }</pre>
 */
package dev.parley.data.prepare;
