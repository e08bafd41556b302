/**
 * Automation: a table and a template go in, one article or report per row comes out. Each row becomes a prompt, many prompts run
 * together, and a journal on the disk knows which rows are settled, so that a run that was killed goes on where it was. Start from
 * {@link dev.parley.assist.automation.TableRun}.
 *
 * <pre>{@code
 * var table = Table.open(Path.of("products.csv"), Optional.empty());
 * var prompts = new RowPrompts(Template.parse("Describe {{ name }}.", "product.jinja"), table);
 * var report = new TableRun(table, prompts, responder, identity, options).run(folder, (done, total, failed) -> {});
 * }</pre>
 */
package dev.parley.assist.automation;
