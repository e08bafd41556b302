/**
 * Files as documents: their text, and its structure. Start with {@link dev.parley.knowledge.documents.DocumentReader}.
 *
 * <pre>{@code
 * try (var reader = new DocumentReader(DocumentReader.Limits.DEFAULT)) {
 *     var document = reader.read(Path.of("returns.md"));
 * }
 * }</pre>
 */
package dev.parley.knowledge.documents;
