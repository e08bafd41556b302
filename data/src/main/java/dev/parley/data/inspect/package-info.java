/**
 * What training reads, made visible: any row with its tokens and its mask, and figures over a whole file. Start with
 * {@link dev.parley.data.inspect.ChatInspection}; {@link dev.parley.data.inspect.InspectionPage} writes what it finds as HTML.
 *
 * <pre>{@code
 * var found = new ChatInspection(rows).read(ChatFiles.of(files).skippingBad(), SampleChoice.first(3));
 * System.out.println(found.figures());
 * }</pre>
 */
package dev.parley.data.inspect;
