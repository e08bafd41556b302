/**
 * Text files, read document by document in constant memory. Start with {@link dev.parley.data.text.TextReader}; it asks
 * {@link dev.parley.data.text.TextFormat} what a file's name tells, and hands over each {@link dev.parley.data.text.TextDocument} with the
 * place it comes from.
 *
 * <pre>{@code
 * var files = InputFiles.find(List.of("corpus"));
 * new TextReader(files, TextReader.Options.usual().withSkipBad(true)).read(document -> System.out.println(document.text()));
 * }</pre>
 */
package dev.parley.data.text;
